"""The Gallery tab: a grid of thumbnails, and what is done to pictures."""

"""Pictures as files, what is written inside them, and what is made of several."""

"""The networks from words to pictures: their shapes and what they compute."""

"""The Morph tab: sliders between two birds."""

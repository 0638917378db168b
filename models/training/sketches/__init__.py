"""Poses and the scorer of sketches: made by training, used by drawing."""

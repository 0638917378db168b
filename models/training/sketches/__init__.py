"""Poses and the judge of sketches: made by training, used by drawing."""

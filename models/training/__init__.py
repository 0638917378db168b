"""Produces weights: everything here is for training and never imported to draw."""

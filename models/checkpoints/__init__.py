"""Weights files: whole or not there, checked, and what is in them."""

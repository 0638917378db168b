"""Frozen features of pictures."""

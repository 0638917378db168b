"""Recordings: reading them, and finding a voice in them."""

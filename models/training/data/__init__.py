"""Photographs and captions as training sees them."""

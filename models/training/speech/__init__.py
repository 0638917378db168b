"""Captions spoken by synthesisers, for training what listens."""

"""Benchmarks that a person runs: each prints named alternatives side by side."""

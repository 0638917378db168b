"""Scores of a weights file on species that training never saw, by networks kept out of it."""

"""The field for a sentence, and what is understood of it."""

"""What a word is, for the window: it does without ``models.vocabulary``, which loads nltk."""

import re

WORD = re.compile(r"[a-z0-9]+")
"""Matches the words of a lower-case sentence, cut as ``models.vocabulary`` cuts them."""

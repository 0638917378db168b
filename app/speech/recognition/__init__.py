"""From a recording to the words that were said."""

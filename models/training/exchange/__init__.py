"""From and to files that others read."""

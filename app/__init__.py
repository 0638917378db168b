"""What a person meets: the window, the command line, speech, and kept pictures."""

__version__ = "0.1.0"

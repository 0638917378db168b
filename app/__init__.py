"""What a person meets: the window, the command line, speech, and kept pictures."""

"""The command line: what each command does, and drawing files of captions."""

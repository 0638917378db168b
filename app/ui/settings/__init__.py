"""What a person may set, and what a change of it does at once."""

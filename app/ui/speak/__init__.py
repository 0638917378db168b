"""The Speak tab: recording, hearing, and what is drawn of it."""

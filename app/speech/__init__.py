"""From a voice to text, on this computer alone: microphone, recording, transcriber.

Nothing here knows the window, and nothing here downloads anything.
"""

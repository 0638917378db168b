"""Which recognisers a person can choose; light, for the window and the command line's help."""

RECOGNISERS = {
    "whisper": "Whisper, on this computer",
    "sphinx": "Sphinx, on this computer: lighter, less exact",
    "google": "Google: this sends your voice to Google",
}
"""What the settings call a recogniser, and its label: its name, with what people should know."""

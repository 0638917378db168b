"""DAMSM, the image-text model: its losses, training and scores."""

"""The picture panel: what is drawn, shown, looked at and saved."""

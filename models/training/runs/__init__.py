"""What every run needs: its files, logs and processes, and several runs side by side."""

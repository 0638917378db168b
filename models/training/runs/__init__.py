"""What every run needs: its files, logs, tables and processes."""

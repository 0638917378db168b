"""What words mean before the model reads them: spelling, names of birds; no torch, no network."""

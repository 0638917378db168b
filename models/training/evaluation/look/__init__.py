"""Looking at what a model draws: sheets, nearest photographs, parts."""

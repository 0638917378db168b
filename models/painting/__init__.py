"""Running a generator quickly on a processor or a graphics card."""

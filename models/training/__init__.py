"""Produces weights: everything here is for training and never imported to draw."""

from models.offline import stay_offline

stay_offline()  # here, in the beginning of every process that trains

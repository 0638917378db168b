"""What a person meets: the window, the command line, speech, and kept pictures."""

from models.offline import stay_offline

__version__ = "0.1.0"

stay_offline()  # here, in the beginning of every process of the program

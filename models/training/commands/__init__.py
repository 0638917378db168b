"""The commands of ``python -m models.training``, one module each.

A module has `SUMMARY` (a line for the list of commands), `add_options(parser)` and `run(options)`.
Heavy imports stay inside `run`, so that ``--help`` answers at once.
"""

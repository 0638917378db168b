"""Poses of birds, and choosing among several sketches of one."""

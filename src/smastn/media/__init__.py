"""Frames of anything, with their times."""

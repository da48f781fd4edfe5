"""Frames to one descriptor; no chance and no label in it."""

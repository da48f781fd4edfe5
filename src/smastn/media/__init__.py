"""Frames and their times, from videos and folders of images."""

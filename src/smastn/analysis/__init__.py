"""A video in, an answer out."""

"""Folds, scores, report."""

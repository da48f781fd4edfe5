"""Cross-validation: folds, scores and report."""

"""Corpora: clips, labels, readers for each release layout, and audits."""

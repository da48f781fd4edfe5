"""Synthetic faces and films with known movements."""

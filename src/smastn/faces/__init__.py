"""Faces: detection, landmarks, alignment, and prepared clips; nothing is random here."""

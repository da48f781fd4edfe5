"""Prepared clips -> what a network sees."""

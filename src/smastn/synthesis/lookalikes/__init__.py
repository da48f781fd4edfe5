"""Made-up corpora with the true shape of the real ones: folders, names, padding, defects.

Nobody in them exists, and no real clip's numbers are copied; what is true is
how the release lies on disk and how many clips of each class it has.
"""

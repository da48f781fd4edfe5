"""What a network sees: a few images of each clip; every kind of input is one file here."""

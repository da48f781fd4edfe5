"""People who do not exist, moving with known truth."""

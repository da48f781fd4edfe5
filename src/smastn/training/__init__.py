"""From training clips to a predictor; random numbers are drawn here only."""

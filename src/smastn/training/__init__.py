"""One fold, from clips to a predictor; where chance may enter."""

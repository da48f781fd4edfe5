"""Networks, their checkpoints, and the predictor that evaluation and inference share."""

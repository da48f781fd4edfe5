"""Analysis of a video: candidates, predictions, report and export."""

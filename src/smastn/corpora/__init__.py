"""Who was filmed: clips, labels, and how corpora lie on disk."""

"""SMA-STN: its network and its loss."""

"""SMA-STN: network and loss."""

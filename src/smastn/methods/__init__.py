"""The network and the one way to ask it."""

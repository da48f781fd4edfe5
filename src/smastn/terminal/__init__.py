"""Output to the terminal, and options that commands share."""

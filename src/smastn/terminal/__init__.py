"""What is shown in a terminal, and options that commands share."""

"""Where in a long video something moved."""

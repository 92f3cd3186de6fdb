"""Which browser to drive, where it comes from, and how to start it quietly."""

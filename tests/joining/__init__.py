"""Parts of runs, joined."""

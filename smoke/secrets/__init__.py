"""Secrets, and what keeps them out of everything that a run leaves."""

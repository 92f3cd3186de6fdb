"""Answers of a target: what was asked, what came, and whether it is what was expected. Pure."""

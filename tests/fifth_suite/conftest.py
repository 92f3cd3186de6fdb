"""Keeps pytest out of the project, whose journeys are run by ``smoke``."""

collect_ignore = ["project"]

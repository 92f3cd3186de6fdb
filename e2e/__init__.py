"""Journeys: one flow per file, one folder per suite."""

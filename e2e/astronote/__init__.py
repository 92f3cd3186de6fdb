"""Journeys of Astronote."""

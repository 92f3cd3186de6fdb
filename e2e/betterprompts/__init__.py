"""Journeys of BetterPrompts."""

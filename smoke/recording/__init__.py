"""Turns what Playwright's recorder wrote into page objects and journeys as this project has them."""

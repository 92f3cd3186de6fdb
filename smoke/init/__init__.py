"""Writes a first suite for an application: looks at it, writes, and says what is left to a person."""

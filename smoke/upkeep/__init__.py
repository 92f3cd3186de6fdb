"""Smoke accounts as they are declared: looked at, given new passwords, forgiven."""

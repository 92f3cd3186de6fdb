"""Smoke accounts: whether they are as declared, and how their passwords are changed."""

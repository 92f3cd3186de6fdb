"""Smoke accounts in use: who may sign in, when, with which code, and what the answers say."""

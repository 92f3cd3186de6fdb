"""Probes: checks over HTTP."""

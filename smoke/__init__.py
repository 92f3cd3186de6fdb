"""Smoke harness: does a deployed web application work for a real user right now?"""

__version__ = "0.1.0"

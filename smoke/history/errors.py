"""What goes wrong with the history."""

from __future__ import annotations


class HistoryError(Exception):
    """The history cannot be read or written; says where it is, what is wrong and the way out, never a password."""

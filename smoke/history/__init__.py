"""What earlier runs saw, and what follows from it: runs, incidents, and what is yet to be delivered."""

from smoke.history.errors import HistoryError
from smoke.history.rows import PastCheck, PastRun
from smoke.history.runs import Begun, History

__all__ = ["Begun", "History", "HistoryError", "PastCheck", "PastRun"]

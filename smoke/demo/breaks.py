"""Ways to make the application wrong on purpose. Adding one is a line here and the place that reads it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Break(StrEnum):
    """A named defect and, as its description, what a user then sees."""

    description: str

    def __new__(cls, value: str, description: str = "") -> Break:
        """Make a member from the name on the command line and its description."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.description = description
        return member

    SERVICE_DOWN = "service-down", "redis is reported unhealthy and the status is degraded"
    HEALTH_SLOW = "health-slow", "the health endpoints take 250 ms to answer"
    CONSOLE_ERROR = "console-error", "the homepage writes an error to the console"
    PAGE_ERROR = "page-error", "a script of the homepage throws an exception that nobody catches"
    MISSING_BUTTON = "missing-button", "the homepage has no button to enhance a prompt"
    ASSET_404 = "asset-404", "a stylesheet of the homepage is not found"
    SLOW = "slow", "the homepage takes four seconds before it answers"
    FIRST_REQUEST_FAILS = "first-request-fails", "the first homepage request answers 503, later ones work"
    ENHANCE_ECHO = "enhance-echo", "an enhanced prompt is the prompt that was typed"
    SAVES_ANONYMOUS = "saves-anonymous", "anonymous prompts are stored, in the history of somebody else"
    LOGIN_REFUSED = "login-refused", "the right password is refused with 401"
    LOGIN_ERROR = "login-error", "the login answers 500"
    TOTP_REFUSED = "totp-refused", "the right authentication code is refused"
    LOGOUT_KEEPS_SESSION = "logout-keeps-session", "logging out answers 200 and the session stays valid"
    OPEN_PROTECTED = "open-protected", "pages that need a session are open to everybody"
    NO_RATE_LIMIT_HEADERS = "no-rate-limit-headers", "API answers do not say what is left of the rate limit"
    WORKER_STOPPED = "worker-stopped", "Astronote's worker is gone: no heartbeat, and queued campaigns stay queued"


class Switchboard:
    """The breaks in force now; everything that can break asks ``Break.X in switchboard``."""

    def __init__(self, breaks: Iterable[Break]) -> None:
        self._active = frozenset(breaks)
        self._armed = True

    def __contains__(self, item: Break) -> bool:
        return item in self._active

    def replace(self, breaks: Iterable[Break]) -> None:
        """Put exactly these breaks in force; whatever breaks only once is armed again."""
        self._active = frozenset(breaks)
        self._armed = True

    def spend_first(self) -> bool:
        """True for the first caller since the start or since ``replace``, then False."""
        armed, self._armed = self._armed, False
        return armed

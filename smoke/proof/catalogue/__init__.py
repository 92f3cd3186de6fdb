"""The fault catalogue: importing it registers every fault. Adding one is one function in one of these files."""

from smoke.proof.catalogue import (
    answers,
    bodies,
    calls,
    cookies,
    elements,
    flaws,
    headers,
    logins,
    network,
    pages,
    redirects,
    session_cookies,
    timing,
    versions,
)

__all__ = [
    "answers",
    "bodies",
    "calls",
    "cookies",
    "elements",
    "flaws",
    "headers",
    "logins",
    "network",
    "pages",
    "redirects",
    "session_cookies",
    "timing",
    "versions",
]

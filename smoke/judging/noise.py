"""Which signals are accepted, for what reason and until when. Pure."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from datetime import date
from typing import assert_never

from smoke.config.noise import NoiseEntry
from smoke.judging.blame import blame_of_status, network_blame
from smoke.judging.causes import broken, unreachable
from smoke.model import Blame, Outcome
from smoke.observation import Finding, Signal, SignalKind


def accept(signals: Iterable[Signal], noise: Iterable[NoiseEntry], today: date, contract: str) -> tuple[Signal, ...]:
    """Mark every signal that an entry in force accepts with the entry's reason."""
    entries = in_force(noise, today, contract)
    return tuple(_marked(signal, entries) for signal in signals)


def in_force(noise: Iterable[NoiseEntry], today: date, contract: str) -> tuple[NoiseEntry, ...]:
    """Return the entries that have not ended, and that hold under ``contract``."""
    return tuple(entry for entry in noise if today <= entry.until and _applies(entry, contract))


def acceptance(entry: NoiseEntry) -> str:
    """Say why, by whom and until when ``entry`` accepts something."""
    return f"{entry.reason} ({entry.owner}, until {entry.until})"


def judge_signals(
    check_id: str, signals: Iterable[Signal], noise: Iterable[NoiseEntry], today: date, contract: str
) -> tuple[Finding, ...]:
    """Turn what is left unaccepted into one finding a kind; says so where an expired entry would have matched."""
    expired = [entry for entry in noise if today > entry.until and _applies(entry, contract)]
    found = []
    for kind in SignalKind:
        left = [signal for signal in signals if signal.kind is kind and signal.accepted_by is None]
        if not left:
            continue
        worst = next((signal for signal in left if _blame(signal).outcome is Outcome.FAIL), left[0])
        evidence = [f"on {signal.where}: {signal.text}" for signal in left[:6] if signal is not worst]
        evidence += [
            f"noise entry {entry.matches!r} of {entry.owner} ended on {entry.until} and no longer accepts this"
            for entry in expired
            if any(_matches(entry, signal) for signal in left)
        ]
        rule = f"{check_id}.{LABELS[kind]} ({len(left)}) == 0: {worst.text}"
        found.append(Finding(rule=rule, blame=_blame(worst), evidence=tuple(evidence), cause=_cause(worst)))
    return tuple(found)


def _blame(signal: Signal) -> Blame:
    match signal.kind:
        case SignalKind.CONSOLE | SignalKind.PAGE_ERROR:
            return Blame.JS_ERROR
        case SignalKind.REQUEST:
            outcome = signal.text.rpartition(" ")[2]
            if outcome in REFUSED_BY_BROWSER:
                return Blame.ASSERTION
            return blame_of_status(int(outcome)) if outcome.isdigit() else network_blame(outcome) or Blame.TCP
        case _:
            assert_never(signal.kind)


def _cause(signal: Signal) -> str | None:
    if signal.kind is not SignalKind.REQUEST:
        return f"the pages' scripts fail: {signal.text}"
    method, path, outcome = signal.text.split(" ", 2)
    return broken(method, path, int(outcome)) if outcome.isdigit() else unreachable(_blame(signal), signal.origin)


REFUSED_BY_BROWSER = frozenset(
    {
        "net::ERR_ABORTED",
        "net::ERR_TOO_MANY_REDIRECTS",
        "net::ERR_BLOCKED_BY_RESPONSE",
        "net::ERR_BLOCKED_BY_ORB",
        "csp",
    }
)
"""What a request ends with that was answered, and that the browser would not take: of the wrong type, an error page,
round in circles, or against what the page says of itself."""
LABELS = {
    SignalKind.CONSOLE: "console_errors",
    SignalKind.PAGE_ERROR: "page_errors",
    SignalKind.REQUEST: "failed_requests",
}


def _applies(entry: NoiseEntry, contract: str) -> bool:
    return not entry.contracts or contract in entry.contracts


def _matches(entry: NoiseEntry, signal: Signal) -> bool:
    return entry.kind is signal.kind and re.search(entry.matches, signal.text) is not None


def _marked(signal: Signal, entries: Iterable[NoiseEntry]) -> Signal:
    for entry in entries:
        if _matches(entry, signal):
            return dataclasses.replace(signal, accepted_by=acceptance(entry))
    return signal

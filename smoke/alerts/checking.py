"""Evaluates the rules over the history of now, and keeps what became of the incidents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from smoke.alerts.engine import Evaluated, evaluate
from smoke.alerts.gathering import gather
from smoke.alerts.incident import Acknowledged, Incident
from smoke.alerts.kept import incident_of, row_of
from smoke.alerts.notice import Notice
from smoke.alerts.past import PasswordFact, Past
from smoke.config.alerts.alerting import Alerting
from smoke.config.alerts.rule_file import AlertRulesFile, concerns
from smoke.config.load import load
from smoke.config.paths import suites
from smoke.history.incidents import Incidents, between, save
from smoke.history.reader import Reader
from smoke.model import Place
from smoke.spans import A_DAY
from smoke.storage.store import Db, Store

Post = Callable[[Db, Sequence[Notice]], None]
"""Puts notices into an outbox, inside the transaction that keeps their incidents: both are there, or neither is."""
LONG_AGO = 30 * A_DAY
"""How far back a closed incident may still keep another one from opening."""


def check(
    store: Store, alerts: Alerting, root: Path, places: Iterable[Place], now: float, post: Post | None = None
) -> Evaluated:
    """Judge the rules at ``now`` about ``places``, keep the incidents, and hand what must be told to ``post``.

    Raises HistoryError, and ConfigError where a suite cannot be read.
    """
    wanted = list(places)
    pasts = pasts_of(store, alerts, root, alerts.book, wanted, since=now, now=now)
    with store.reading() as db:
        known = _incidents(db, wanted, now)
    done = evaluate(alerts.book, pasts, known, now)  # this may take a second, and nobody could write meanwhile
    with store.writing() as db:
        if (changed := _incidents(db, wanted, now)) != known:  # by another machine, or somebody acknowledged one
            done = evaluate(alerts.book, pasts, changed, now)
        for incident in done.changed:
            save(db, row_of(incident))
        if post is not None:
            post(db, done.notices)
    return done


def pasts_of(
    store: Store,
    alerts: Alerting,
    root: Path,
    book: AlertRulesFile,
    places: Iterable[Place],
    *,
    since: float,
    now: float,
) -> list[Past]:
    """Return what the rules of ``book`` need to be judged about ``places`` from ``since`` to ``now``."""
    return [
        gather(
            Reader(store),
            book.rules,
            *place,
            schedules=alerts.schedules,
            passwords=passwords(root, *place),
            since=since,
            now=now,
        )
        for place in places
    ]


def places_of(root: Path, book: AlertRulesFile) -> list[Place]:
    """Return every suite and environment of the project that a rule watches; raises ConfigError."""
    return [
        (suite, environment)
        for suite in suites(root)
        for environment in load(root, suite).about.environments
        if any(concerns(rule, suite, environment) for rule in book.rules)
    ]


def passwords(root: Path, suite: str, environment: str) -> tuple[PasswordFact, ...]:
    """Return when the passwords of an environment's accounts were changed, where that is written."""
    if environment not in (about := load(root, suite).about).environments:
        return ()
    accounts = about.accounts_in(environment)
    return tuple(
        PasswordFact(account=name, changed=account.password_set)
        for name, account in accounts.items()
        if account.password_set is not None
    )


def acknowledge(store: Store, incident: Incident, by: str, now: float) -> Incident:
    """Note that somebody looks after an open incident: there are no more reminders of it."""
    with store.writing() as db:  # as it is by now: a run may have told of it, or closed it
        known = (each for each in map(incident_of, between(db, incident.opened - 1, now + 1)) if each.id == incident.id)
        mine = replace(next(known, incident), acknowledged=Acknowledged(by=by, at=now))
        save(db, row_of(mine))
    return mine


def incidents(store: Store, since: float, until: float) -> list[Incident]:
    """Return the incidents that were open at some moment of a stretch of time, the oldest first."""
    return [incident_of(row) for row in Incidents(store).between(since, until)]


def _incidents(db: Db, places: Sequence[Place], now: float) -> list[Incident]:
    return [
        incident
        for incident in map(incident_of, between(db, now - LONG_AGO, now + 1))
        if (incident.subject.suite, incident.subject.environment) in places
    ]

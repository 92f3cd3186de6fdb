"""What no single file can say: references between files, ids, names and budgets that do not fit each other."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from smoke.answers.filling import names_expected
from smoke.answers.variables import names_in
from smoke.config.account_references import account_problems, unknown_account
from smoke.config.measured import Measured
from smoke.config.probe import Probe, close_to
from smoke.config.problems import Problem
from smoke.config.source import Source
from smoke.config.suite import Suite
from smoke.demo.options import Contract
from smoke.known import known, unknown
from smoke.model import Check
from smoke.strict import Key, wrong_ceilings

ALWAYS_KNOWN = {"run", "origin"}
"""Id of the run; scheme, host and port of base_url (RFC 6454)."""
OWN_BRACES = r"braces that the answer itself has are written \{x\} in matches, or with one of them left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where everything of a suite is written."""

    points: Source
    about: Source
    checks: Source
    noise: Source


def problems_between(suite: Suite, files: Files, measured: Measured) -> Iterator[Problem]:
    """Yield every reference of ``suite`` that leads nowhere and every pair of values that contradict each other."""
    yield from _checks(suite)
    yield from _points(suite, files.points)
    yield from _noise(suite, files.noise)
    yield from _budgets(suite, files.about, measured)
    yield from _environments_contracts(suite, files.about)
    yield from _compared(suite, files.about)
    for where, text in account_problems(suite):
        yield files.about.problem(where, text)
    for index, probe in enumerate(suite.probes):
        for key, text in _probe(suite, probe):
            yield files.checks.problem(("probes", index, key), text)
        for at, text in _proves(probe):
            yield files.checks.problem(("probes", index, "proves", at), text)
        for where, text in _names(suite, probe):
            yield files.checks.problem(("probes", index, *where), text)


def _checks(suite: Suite) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for check in suite.checks:
        file, _, line = check.source.rpartition(":")
        if check.id in seen:
            text = f"check id {check.id!r} is already taken by {seen[check.id]}; give one of them another"
            yield Problem(file, int(line), "id", text)
        seen[check.id] = check.source
        for text in unknown_account(suite, check):
            yield Problem(file, int(line), check.id, text)
        for text in _destroying(suite, check):
            yield Problem(file, int(line), check.id, text)
        for text in _contracts(suite, check.contracts):
            yield Problem(file, int(line), check.id, f"{text}; it would run nowhere under that name")


def _destroying(suite: Suite, check: Check) -> Iterator[str]:
    for permit in check.permits:
        for each in suite.about.destroys:
            if each.covers(permit.method, permit.path):
                forbids = f"permits {permit}, but destructive in suite.yaml forbids {each} to every check"
                yield f"{forbids}; take it out of destructive, or out of this check"


def _contracts(suite: Suite, named: Iterable[str]) -> Iterator[str]:
    known = {environment.contract: None for environment in suite.about.environments.values()}
    for contract in named:
        if contract not in known:
            yield f"unknown contract {contract!r}; the environments in suite.yaml have: {_listed(known)}"


def _points(suite: Suite, source: Source) -> Iterator[Problem]:
    for name, stages in suite.releases.items():
        for index, stage in enumerate(stages):
            if stage.point not in suite.points:
                text = unknown("execution point", stage.point, suite.points)
                yield source.problem(("releases", name, index, "point"), text)


def _noise(suite: Suite, source: Source) -> Iterator[Problem]:
    for index, entry in enumerate(suite.noise):
        for text in _contracts(suite, entry.contracts):
            yield source.problem(("noise", index, "contracts"), text)


def _budgets(suite: Suite, source: Source, measured: Measured) -> Iterator[Problem]:
    written: dict[Key, Iterable[str]] = {("budgets",): suite.about.budgets}
    for name, environment in suite.about.environments.items():
        written["environments", name, "budgets"] = environment.budgets
    for where, names in written.items():
        for name in names:
            if not measured.may_hold(name):
                text = f"no journey measures this; {_measured_instead(name, suite, measured)}"
                yield source.problem((*where, name), text)
    yield from _ceilings(suite, source)


def _ceilings(suite: Suite, source: Source) -> Iterator[Problem]:
    about = suite.about
    for name, text in wrong_ceilings(about.ceilings, about.budgets):
        yield source.problem(("ceilings", name), text)
    for where, environment in about.environments.items():
        budgets = {**about.budgets, **environment.budgets}
        ours = {
            **{name: each for name, each in about.ceilings.items() if name in environment.budgets},
            **environment.ceilings,
        }
        for name, text in wrong_ceilings(ours, budgets):
            key = "ceilings" if name in environment.ceilings else "budgets"
            yield source.problem(("environments", where, key, name), text)


def _measured_instead(name: str, suite: Suite, measured: Measured) -> str:
    if any(name.startswith(f"{probe.id}.") for probe in suite.probes):
        return "what limits a probe is within_ms in checks.yaml"
    close = difflib.get_close_matches(name, measured.names, 1)
    return f"did you mean {close[0]!r}?" if close else f"measured are: {_listed(sorted(measured.names))}"


def _probe(suite: Suite, probe: Probe) -> Iterator[tuple[str, str]]:
    if probe.after:
        yield from _forerunners(suite, probe)
    if probe.account is not None and suite.about.login is None:
        yield "account", "signs in, but suite.yaml does not say how; add login"
    yield from _environments(suite, probe)


def _proves(probe: Probe) -> Iterator[tuple[int, str]]:
    if probe.proves:
        from smoke.proof.declared import undeclarable  # a run has no use for the catalogue

        yield from undeclarable(probe)


def _forerunners(suite: Suite, probe: Probe) -> Iterator[tuple[str, str]]:
    others = {other.id: other for other in suite.probes}
    for needed in probe.after:
        if needed not in others:
            yield "after", unknown("probe", needed, others)
    if probe.id in suite.needed_by([probe.id]):
        yield "after", f"waits for itself: {probe.id} after {', '.join(probe.after)}"


def _names(suite: Suite, probe: Probe) -> Iterator[tuple[Key, str]]:
    """Yield each ``{name}`` that has no value where ``probe`` says it, and would be sent or compared as it is."""
    needed = suite.needed_by([probe.id]) if probe.after else set()
    before = (other for other in suite.probes if other.id in needed) if needed else ()
    known = {name for other in before for name in other.capture} | ALWAYS_KNOWN
    said: dict[Key, object] = {
        ("request",): probe.request,
        ("body",): probe.body,
        ("headers",): probe.headers,
        ("send",): probe.send,
        ("preflight", "origin"): probe.preflight.origin if probe.preflight else None,
        ("counter", "read"): probe.counter.read if probe.counter else None,
    }
    for where, template in said.items():
        for name in sorted(names_in(template) - known):
            yield where, _no_value(name, known, suite)
    for where, name in names_expected(probe.expect):
        if name not in known:
            yield ("expect", *where), f"{_no_value(name, known, suite)}; {OWN_BRACES}"
    for name in sorted(names_in(probe.cleanup) - known - set(probe.capture)):
        close = difflib.get_close_matches(name, known | set(probe.capture), 1)
        hint = f"; did you mean {{{close[0]}}}?" if close else ""
        yield ("cleanup",), f"neither it nor what it comes after captures {{{name}}}{hint}"


def _no_value(name: str, known: set[str], suite: Suite) -> str:
    if any(name in other.capture for other in suite.probes):
        return f"nothing that it comes after captures {{{name}}}; name that probe in after"
    return f"nothing captures {{{name}}}; {close_to(name, known)}"


def _environments_contracts(suite: Suite, source: Source) -> Iterator[Problem]:
    limits = [*(check.contracts for check in suite.checks), *(entry.contracts for entry in suite.noise)]
    contracts = [*(each.value for each in Contract), *(name for names in limits for name in names)]
    for name, environment in suite.about.environments.items():
        if environment.contract not in contracts:
            way_out = known(environment.contract, contracts)
            text = f"no check and no noise is limited to the contract {environment.contract!r}; {way_out}"
            yield source.problem(("environments", name, "contract"), text)


def _compared(suite: Suite, source: Source) -> Iterator[Problem]:
    for name, environment in suite.about.environments.items():
        other = environment.compare_with
        others = [each for each in suite.about.environments if each != name]
        if other is not None and other not in others:
            text = f"names no other environment: {other!r}; there are: {_listed(others)}"
            yield source.problem(("environments", name, "compare_with"), text)


def _environments(suite: Suite, probe: Probe) -> Iterator[tuple[str, str]]:
    for name, environment in suite.about.environments.items():
        if probe.contracts and environment.contract not in probe.contracts:
            continue
        if probe.base is not None and probe.base not in environment.urls:
            yield "base", f"environment {name} has no url {probe.base!r}; it has: {_listed(environment.urls)}"
        limit = probe.expect.within_ms
        if limit is not None and limit > environment.timeout_ms:
            yield "expect", f"within_ms ({limit:g}) exceeds timeout_ms ({environment.timeout_ms:g}) of {name}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"

"""Faults that a check declares by name (``proves``), beside those that are implied. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from smoke.answers.exchange import DESTINATION, Exchange
from smoke.answers.expectations import wanted_status
from smoke.answers.paths import check_path
from smoke.answers.shapes import Bom, CookieExpect, Cors, Expect, HeaderExpect, JsonExpect, NoPii, Secure
from smoke.config.probe import Probe
from smoke.proof import fault, journey_fault
from smoke.proof.fault import Fault
from smoke.proof.journey_fault import JourneyFault, Recorded, destination

ANY = "…"
"""Stands for a subject where none was named."""
NEAR = 3


def unknown(kind: str, names: Iterable[str], known: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each of ``names`` that is not ``known``, and a sentence about it with those that come near."""
    every = sorted({*known})
    for name in names:
        if name not in every:
            near = difflib.get_close_matches(name, every, NEAR, 0.5)
            kinds = dict.fromkeys(each.partition(" ")[0] for each in every)
            way_out = f"did you mean {_either(near)}?" if near else f"known: {', '.join(kinds) or 'none'}"
            yield name, f"unknown {kind} {name!r}; {way_out}"


def _either(names: Sequence[str]) -> str:
    *others, last = map(repr, names)
    return f"{', '.join(others)} or {last}" if others else last


def faults_of(probe: Probe) -> tuple[Fault, ...]:
    """Return every fault that ``probe`` must catch: what it expects implies it, or it is declared; each name once."""
    implied = {each.name: each for each in fault.faults_of(probe)}
    declared = {name: could_befall(probe, name).get(name) for name in probe.proves if name not in implied}
    return (*implied.values(), *filter(None, declared.values()))


def could_befall(probe: Probe, name: str) -> Mapping[str, Fault]:
    """Return the faults of ``name``'s subject that there are at ``probe``, whatever it expects, by name."""
    wide = replace(probe, expect=_everything(probe, name.partition(" ")[2] or ANY), proves=())
    # No single expectation promises to catch it: any may.
    return {each.name: replace(each, field="", subject="") for each in fault.faults_of(wide)}


def undeclarable(probe: Probe) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with the faults that ``probe`` declares, each with its place in the list."""
    implied = {each.name for each in fault.faults_of(probe)}
    for place, name in enumerate(probe.proves):
        for _, text in unknown("fault", [name], implied | could_befall(probe, name).keys()):
            yield place, text


def _everything(probe: Probe, subject: str) -> Expect:
    """Return what would imply every fault that has to do with ``subject``, and all that have no subject."""
    return Expect(
        status=tuple(wanted_status(probe.expect)),
        within_ms=1000,
        tls_days_left=1,
        content_type="application/json",
        headers={subject: HeaderExpect(equals="?")},
        contains=(subject,),
        lacks=(subject,),
        json={subject: JsonExpect(equals="?", type="string", keys=(), below=0, above=0)} if _is_path(subject) else {},
        redirects_to=".",
        cors=Cors.ALLOWED if probe.preflight else None,
        bom=Bom.NONE,
        no_pii=NoPii(),
        cookies={subject: CookieExpect(http_only=True, same_site="Lax", secure=Secure.ALWAYS)},
        closes=1000 if probe.send is not None else None,
    )


def _is_path(text: str) -> bool:
    try:
        check_path(text)
    except ValueError:
        return False
    return True


def journey_faults_of(recorded: Recorded, proves: Sequence[str]) -> tuple[JourneyFault, ...]:
    """Return every fault that a journey must catch: what it did implies it, or it is declared; each name once."""
    implied = {each.name: each for each in journey_fault.faults_of(recorded)}
    wide = could_befall_journey(recorded) if proves else {}
    return (*implied.values(), *(wide[name] for name in proves if name in wide and name not in implied))


def could_befall_journey(recorded: Recorded) -> Mapping[str, JourneyFault]:
    """Return every fault that there is of what a journey did, whether or not that implies it, by name."""
    wide = journey_fault.faults_of(_attentive(recorded))
    return {each.name: each for each in (*wide, *journey_fault.faults_of(recorded))}


def _attentive(recorded: Recorded) -> Recorded:
    """Return what the same journey would have done if it clicked everything and read every answer."""
    read = [each for each in recorded.exchanges if destination(each.request) == "empty"]
    return replace(
        recorded, exchanges=(*recorded.exchanges, *map(_by_itself, read)), clicked=frozenset({"A", "BUTTON", "INPUT"})
    )


def _by_itself(each: Exchange) -> Exchange:
    headers = tuple((key, said) for key, said in each.request.headers if key != DESTINATION)
    return replace(each, request=replace(each.request, headers=headers))

"""Faults of headers: missing, of another value, there though they must not be."""

from __future__ import annotations

from collections.abc import Iterator

from smoke.answers.exchange import Exchange
from smoke.answers.shapes import HeaderExpect
from smoke.config.probe import Probe
from smoke.proof.catalogue.answers import ASSERTION
from smoke.proof.fault import Act, Fault, implied_by
from smoke.proof.rewriting import unlike, with_header


def header(name: str, value: str | None) -> Act:
    """Return what answers with header ``name`` as ``value``; None: without it."""

    def act(good: Exchange, _number: int) -> Exchange:
        return with_header(good, name, value)

    return act


@implied_by("headers")
def _headers(expected: dict[str, HeaderExpect], _probe: Probe) -> Iterator[Fault]:
    for name, rule in expected.items():
        if not rule.present:
            yield Fault(name=f"header-added {name}", act=header(name, "1"), blames=ASSERTION)
            continue
        yield Fault(name=f"header-missing {name}", act=header(name, None), blames=ASSERTION)
        if rule.equals is not None:
            yield Fault(name=f"header-wrong {name}", act=header(name, f"{rule.equals}-not"), blames=ASSERTION)
        if rule.matches is not None and (other := unlike(rule.matches)) is not None:
            yield Fault(name=f"header-wrong {name}", act=header(name, other), blames=ASSERTION)


@implied_by("content_type")
def _content_type(expected: str, _probe: Probe) -> Iterator[Fault]:
    other = "text/plain" if expected != "text/plain" else "application/octet-stream"
    yield Fault(name="content-type-wrong", act=header("Content-Type", other), blames=ASSERTION)
    yield Fault(name="content-type-missing", act=header("Content-Type", None), blames=ASSERTION)

"""Whether endpoints that a build added are there. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from smoke.gates.criteria import CriterionState

GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSeen:
    """What was answered to GET for an endpoint, and for a name beside it that is certainly not there."""

    path: str
    status: int | None = None
    beside: int | None = None
    trouble: str | None = None
    """Why there is no status."""


def deployed(seen: EndpointSeen) -> tuple[CriterionState, str]:
    """Judge one endpoint, and say in one line what was seen.

    What answers as if it was there although it is not (a page for everything, a login before everything) says nothing.
    """
    if seen.status is None:
        return CriterionState.UNOBSERVED, f"{seen.path}: {seen.trouble}"
    said = f"{seen.path} {seen.status}"
    if seen.status in GONE or seen.status >= 500:
        return CriterionState.UNMET, said
    if seen.beside is None or seen.beside == seen.status:
        return CriterionState.UNOBSERVED, f"{said}, as for a path that is not there"
    return CriterionState.MET, said

"""Proposes what suite.yaml and noise.yaml could say of pages that were seen while all was well. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import yaml

from smoke.answers.pages import Visit
from smoke.observation import Signal

SECURITY_HEADERS = (
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
)
"""What the OWASP Secure Headers Project asks of documents, as far as browsers still heed it."""
NEVER = (r"\bundefined\b", r"\bNaN\b", r"\[object Object\]", "Internal Server Error")
MADE_ANEW = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b|\b\d{4,}\b")
"""What is another one at the next load: hashes, ports, times."""
NOISE_DAYS = 90


def propose(visit: Visit, signals: Iterable[Signal], today: date) -> str:
    """Write the proposal as YAML: ``page`` for suite.yaml and ``noise`` for noise.yaml."""
    parts = ["# suite.yaml", written({"page": page_rules([visit])})]
    if noise := noise_entries(signals, today):
        parts += ["# noise.yaml: `matches` is a regular expression", written({"noise": noise})]
    return "\n".join(parts)


def page_rules(visits: Sequence[Visit]) -> dict[str, Any]:
    """Return what every document of ``visits`` kept, as ``page`` of suite.yaml."""
    documents = [document.headers for visit in visits for document in visit.documents]
    said = {name: {document.get(name.lower()) for document in documents} for name in SECURITY_HEADERS}
    headers = {
        name: {"equals": value} for name, values in said.items() if len(values) == 1 for value in values if value
    }
    cookies = {
        cookie.name: {
            "http_only": cookie.http_only,
            "same_site": cookie.same_site,
            "secure": "always" if cookie.secure else "over-https",
        }
        for visit in visits
        for cookie in visit.cookies
    }
    rules = {"headers": headers, "cookies": cookies, "never": list(NEVER)}
    return {key: value for key, value in rules.items() if value}


def noise_entries(signals: Iterable[Signal], today: date) -> list[dict[str, Any]]:
    """Return an entry of noise.yaml for each of ``signals``, for a person to complete."""
    seen = dict.fromkeys((str(signal.kind), _pattern(signal.text)) for signal in signals)
    return [
        {
            "kind": kind,
            "matches": matches,
            "reason": "TODO: seen on a healthy load; say why it is accepted",
            "owner": "TODO: who will mend it",
            "until": today + timedelta(days=NOISE_DAYS),
        }
        for kind, matches in seen
    ]


def _pattern(text: str) -> str:
    """Return a regular expression for ``text``, and for another time when its numbers are others."""
    return MADE_ANEW.sub(lambda _: r"\w+", re.escape(text))


class _Dumper(yaml.SafeDumper):
    """Sets lists in, as people do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow, indentless=False)


def written(data: object) -> str:
    """Write ``data`` as YAML."""
    return str(yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))

"""Keeps what bad probes said and heard among the evidence."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace

from smoke.bundle.scene import SPOKEN, Spoken, written
from smoke.model import CheckKind
from smoke.observation import Artifact, Observation
from smoke.probing.overheard import Said, meant
from smoke.running.session import Session
from smoke.secrets.firewall import scrubbed
from smoke.secrets.secret import MASK
from smoke.secrets.tokens import SPEAKING, without_tokens

LONGEST = 64_000
"""Bytes of a body that are kept."""


def keep_exchanges(session: Session) -> None:
    """Write the exchange of each bad probe into the folder of its last bad attempt, as far as that can be written."""
    for name, seen in session.observations.items():
        check, said = session.check(name), session.overheard.of(name)
        if check and check.kind is CheckKind.PROBE and said and any(each.findings for each in seen.attempts):
            with contextlib.suppress(OSError):
                session.observations[name] = _with_exchange(session, seen, said)


def _with_exchange(session: Session, seen: Observation, said: Sequence[Said]) -> Observation:
    bad = [attempt for attempt in seen.attempts if attempt.findings][-1]
    path = session.reports / "attempts" / f"{seen.check_id}-{bad.number}" / SPOKEN
    path.parent.mkdir(parents=True, exist_ok=True)
    told = [line for finding in bad.findings for line in (*finding.evidence, finding.rule)]
    spoken = scrubbed(_spoken(meant(said, told)), session.scrubber)
    path.write_text(written(spoken), encoding="utf-8")
    kept = Artifact(kind="exchange", path=path.relative_to(session.reports).as_posix())
    attempts = (replace(each, artifacts=(*each.artifacts, kept)) if each is bad else each for each in seen.attempts)
    return replace(seen, attempts=tuple(attempts))


def _spoken(said: Said) -> Spoken:
    request, exchange = said.request, said.exchange
    asked = Spoken(
        method=request.method,
        url=without_tokens(request.url.encode()).decode(errors="replace"),
        headers=_masked(request.headers),
        body=_text(request.body or b""),
    )
    if exchange is None:
        return asked
    return replace(
        asked,
        status=exchange.status,
        answer_headers=_masked(exchange.headers),
        answer=_text(exchange.body),
        size=len(exchange.body),
    )


def _masked(headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, MASK if _is_secret(name) else value) for name, value in headers)


def _is_secret(name: str) -> bool:
    return "cookie" in name.lower() or SPEAKING.search(name) is not None


def _text(body: bytes) -> str:
    return without_tokens(body[: 2 * LONGEST])[:LONGEST].decode("utf-8", errors="replace")

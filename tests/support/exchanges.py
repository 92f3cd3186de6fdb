"""Answers for tests of what is expected of them."""

from __future__ import annotations

from smoke.answers.exchange import Exchange, Request, Timing


def an_answer(
    body: str | bytes = b"", *, status: int = 200, headers: dict[str, str] | None = None, total_ms: float = 10.0
) -> Exchange:
    return Exchange(
        request=Request(method="GET", url="https://shop.example/health"),
        status=status,
        headers=tuple((headers or {}).items()),
        body=body.encode() if isinstance(body, str) else body,
        timing=Timing(total_ms=total_ms),
    )

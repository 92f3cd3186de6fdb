"""What became of deliveries, as lines for a terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smoke.channels.emptying import Delivered


def lines_of(done: Iterable[Delivered]) -> Iterator[str]:
    """Yield a line for each channel: what it said, and what waits and why."""
    for each in done:
        told = [
            _counted(each.sent, "told"),
            _counted(each.in_digest, "told in a digest"),
            _counted(each.skipped, "not worth telling any more"),
            _counted(each.refused, "refused for good, and told elsewhere"),
            _counted(each.waiting, "waiting for the next run, or for smoke alerts deliver"),
        ]
        why = f" - {each.trouble}" if each.trouble else ""
        yield f"{each.channel}: {', '.join(part for part in told if part) or 'nothing'}{why}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count else ""

"""The table of the campaign."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.table import Table

from sabotage.campaign import Tried

HEADINGS = ("sabotage", "what was done", "exit", "what it said", "time", "left", "ok?")
LONGEST = 90
WIDTH = 180


def show(tried: Iterable[Tried]) -> None:
    """Print one line for each sabotage."""
    table = Table(*HEADINGS, box=box.SIMPLE)
    for each in tried:
        table.add_row(*_cells(each))
    console = Console()
    console.width = max(console.width, WIDTH)
    console.print(table)


def _cells(tried: Tried) -> tuple[str, ...]:
    ended = tried.ended
    if ended is None:
        return (tried.case.name, tried.case.done, "-", "-", "-", "-", f"not tried: {'; '.join(tried.wrong)}")
    return (
        tried.case.name,
        tried.case.done,
        "-" if ended.code is None else str(ended.code),
        " ".join(filter(None, (ended.verdict, _shown(ended.said)))),
        f"{ended.seconds:.1f} s",
        str(len(ended.left)),
        "; ".join(tried.wrong) or "yes",
    )


def _shown(said: str) -> str:
    line = said.replace("\n", " ").strip()
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"

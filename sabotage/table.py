"""The table of the campaign."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.table import Table

from sabotage.campaign import Played

HEADINGS = ("sabotage", "what was done", "exit", "what it said", "time", "left", "ok?")
LONGEST = 90
WIDTH = 180


def show(played: Iterable[Played]) -> None:
    """Print one line for each sabotage."""
    table = Table(*HEADINGS, box=box.SIMPLE)
    for each in played:
        table.add_row(*_cells(each))
    console = Console()
    console.width = max(console.width, WIDTH)
    console.print(table)


def _cells(played: Played) -> tuple[str, ...]:
    ended = played.ended
    if ended is None:
        return (played.case.name, played.case.done, "-", "-", "-", "-", f"not tried: {'; '.join(played.wrong)}")
    return (
        played.case.name,
        played.case.done,
        "-" if ended.code is None else str(ended.code),
        " ".join(filter(None, (ended.verdict, _shown(ended.said)))),
        f"{ended.seconds:.1f} s",
        str(len(ended.left)),
        "; ".join(played.wrong) or "yes",
    )


def _shown(said: str) -> str:
    line = said.replace("\n", " ").strip()
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"

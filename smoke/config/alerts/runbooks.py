"""Finds runbooks that are not there: whoever is woken up would follow a link to nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from smoke.config.alerts.rule import Rule
from smoke.known import known
from smoke.strict import Key

MARKDOWN = {".md", ".markdown"}
FENCED = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*$", re.MULTILINE)
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
OWN = re.compile(r"""<a\s+(?:id|name)=["']([^"']+)["']""")


def lost_runbooks(rules: Iterable[Rule], root: Path) -> Iterator[tuple[Key, str]]:
    """Yield key and text of each runbook that names a file, or a heading of it, that the project ``root`` lacks."""
    for index, rule in enumerate(rules):
        if "://" not in rule.runbook and (text := _missing(rule.runbook, root)):
            yield ("rules", index, "runbook"), text


def anchors(markdown: str) -> tuple[str, ...]:
    """Return what can stand after the ``#`` of a link to a text in Markdown, as GitHub makes it of its headings."""
    text, found = FENCED.sub("", markdown), list[str]()
    for title in HEADING.findall(text):
        plain = re.sub(r"[^\w -]", "", LINK.sub(r"\1", title).lower()).replace(" ", "-")
        again = (f"{plain}-{number}" for number in range(1, len(found) + 1))
        found.append(plain if plain not in found else next(each for each in again if each not in found))
    return (*found, *OWN.findall(text))


def _missing(runbook: str, root: Path) -> str | None:
    """Say what is not there of ``runbook``; None if all of it is."""
    file, _, anchor = runbook.partition("#")
    path = root / file.lstrip("/")
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return f"there is no file {file!r} to read; name one of this project, or write a whole address (https://…)"
    if not anchor or path.suffix.lower() not in MARKDOWN or anchor in (names := anchors(text)):
        return None
    return f"{file} has no heading {anchor!r}; {known(anchor, names)}"

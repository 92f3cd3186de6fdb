"""Places that are joined side by side: each in a folder of its own, inside the reports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smoke.joining.gathering import Found, Gathered
from smoke.joining.merging import _named, once
from smoke.running.part import Part
from tests.joining.test_shards import part, result


def placed(**changes: Any) -> Part:
    told = part(1, result("a.one"), of=1)
    return replace(told, run=replace(told.run, **changes))


@pytest.mark.parametrize("region", ["../../elsewhere", "/elsewhere", "eu/west", ".."])
def test_no_region_leads_out_of_the_reports(region: str) -> None:
    """It is read from a file that anybody may have written."""
    gathered = Gathered((Found(placed(region=region), Path("x")),))
    assert all("/" not in name and Path(name).name == name for name in _named(gathered.by_aim()))


def test_places_whose_names_run_together_are_both_there() -> None:
    """Otherwise one would hide the other, and perhaps a failure."""
    parts = (placed(suite="shop", environment="eu-staging"), placed(suite="shop-eu", environment="staging"))
    gathered = Gathered(tuple(Found(each, Path("x")) for each in parts))
    assert sorted(found[0].part.run.suite for found in _named(gathered.by_aim()).values()) == ["shop", "shop-eu"]


def test_what_several_meet_is_said_once() -> None:
    """Regions, and each look at what has arrived, find the same missing key or the same unreadable schedule."""
    said: list[str] = []
    say = once(said.append)
    for line in ("no key", "no key", "other", "no key"):
        say(line)
    assert said == ["no key", "other"]

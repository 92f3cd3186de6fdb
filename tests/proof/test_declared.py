"""Faults that a check declares by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from smoke.model import Blame
from smoke.proof.declared import could_befall, could_befall_journey, faults_of, journey_faults_of, undeclarable
from smoke.proof.journey_fault import Recorded
from tests.proof.test_drill import a_probe, basis, taped, tried
from tests.proof.test_journey_faults import CHECK, PAGE, SHOP, said
from tests.support.project import a_project

CHECKS = "config/suites/shop/checks.yaml"
NEWS = said("GET", "/api/news", 200, "empty", b'{"news": []}')


def test_a_declared_fault_is_tried_though_nothing_implies_it() -> None:
    """And who sleeps through it is found out."""
    probe = replace(a_probe(), proves=("json-missing services.redis", "status-500"))
    on = basis((probe,), taped(body=b'{"status": "ok", "services": {"redis": "up"}}'))
    faults = [fault for _, fault in on.cases()]
    declared = next(fault for fault in faults if fault.name == "json-missing services.redis")
    assert declared.blames == {Blame.ASSERTION}
    assert tried(on, declared).result == "survived"
    assert len(faults) == len({fault.name for fault in faults}) == len(faults_of(replace(probe, proves=()))) + 1


@pytest.mark.parametrize(
    "name",
    ["json-null a[0].b", "header-missing X-Build", "text-missing Sign in", "text-added DEBUG", "blank-page", "delay"],
)
def test_what_the_catalogue_has_can_be_declared_of_any_subject(name: str) -> None:
    """Whatever the probe expects."""
    probe = replace(a_probe(), proves=(name,))
    assert [*undeclarable(probe)] == []
    assert name in {fault.name for fault in faults_of(probe)}


def test_what_is_no_path_is_no_subject_of_json() -> None:
    """Of headers and texts it may be one."""
    names = could_befall(a_probe(), "text-missing Loading...").keys()
    assert "text-missing Loading..." in names
    assert not {name for name in names if name.startswith("json-") and name.endswith(" Loading...")}
    assert "json-missing items[0].id" in could_befall(a_probe(), "json-missing items[0].id")


def test_an_unknown_fault_is_wrong_configuration(tmp_path: Path) -> None:
    """With line and key, and what was meant."""
    project = a_project(tmp_path)
    project.replace(CHECKS, "contracts: [planned]\n", "contracts: [planned]\n    proves: [reset, statu-503]\n")
    assert project.complaint() == (
        f"{CHECKS}: 1 problem\n"
        "  line 13, probes[1].proves[1]: unknown fault 'statu-503'; "
        "did you mean 'status-503', 'status-502' or 'status-500'?"
    )


def test_a_journey_that_declares_a_fault_is_taken_to_read_and_to_click() -> None:
    """What it did not even ask for cannot befall it."""
    recorded = Recorded(check=CHECK, exchanges=(PAGE, NEWS), owns=lambda url: url.startswith(SHOP))
    implied = {fault.name for fault in journey_faults_of(recorded, ())}
    declared = ("page-covered", "call-empty GET /api/news")
    assert not implied & {*declared}
    assert {fault.name for fault in journey_faults_of(recorded, declared)} == implied | {*declared}
    assert "call-empty GET /api/olds" not in could_befall_journey(recorded)

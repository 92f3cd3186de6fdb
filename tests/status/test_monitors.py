"""What programs are told: a contract that other people's monitors rely on."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from smoke.model import Outcome
from smoke.status import monitors
from smoke.status.gathering import board
from smoke.status.monitors import json_schema, pingdom, to_json
from smoke.status.sources import Sources
from tests.status.shop import DAY, HOUR, NOW, REQUIRED, SLOT, a_shop, say

OUTCOMES = (
    ({}, "up", "OK", "up", "brightgreen"),
    ({"health.root": Outcome.FLAKY}, "up", "OK", "degraded", "yellow"),
    ({"health.root": Outcome.FAIL}, "down", "DOWN", "down", "red"),
    ({"health.root": Outcome.INCONCLUSIVE}, "unknown", "UNKNOWN", "unknown", "lightgrey"),
)


def of_a_run(root: Path, changed: dict[str, Outcome], ended: float = SLOT) -> Sources:
    shop = a_shop(root)
    say(shop, ended, {**dict.fromkeys(REQUIRED, Outcome.PASS), **changed})
    return shop


@pytest.mark.parametrize(("changed", "status", "told", "message", "color"), OUTCOMES)
def test_each_program_is_told_the_same(
    tmp_path: Path, changed: dict[str, Outcome], status: str, told: str, message: str, color: str
) -> None:
    """Pingdom takes whatever is not OK for down; a badge may say more."""
    found = board(of_a_run(tmp_path, changed))
    document = json.loads(to_json(found))
    assert (document["status"], document["places"][0]["status"]) == (status, status)
    xml = ET.fromstring(pingdom(found.places))
    assert (xml.tag, xml.findtext("status")) == ("pingdom_http_custom_check", told)
    assert xml.findtext("response_time") == "12000.000"
    badge = json.loads(monitors.badge("shop", found.places))
    assert (badge["schemaVersion"], badge["label"], badge["message"], badge["color"]) == (1, "shop", message, color)


def test_a_monitor_can_look_for_one_text(tmp_path: Path) -> None:
    """One that stands nowhere else, so that a place that is up does not speak for one that is not."""
    found = board(of_a_run(tmp_path, {}))
    text = to_json(found)
    assert text.count('"monitor": "shop/canary: up"') == 1
    assert text.count('"monitor": "everything: up"') == 1


def test_without_a_place_nothing_is_known(tmp_path: Path) -> None:
    """And no response time is made up."""
    assert pingdom(()) == "<pingdom_http_custom_check><status>UNKNOWN</status></pingdom_http_custom_check>\n"
    assert json.loads(monitors.badge("shop", ()))["message"] == "unknown"


@pytest.mark.parametrize("ago", [300.0, 3 * HOUR, 9 * DAY])
def test_the_document_keeps_to_its_schema(tmp_path: Path, ago: float) -> None:
    """Also where much of it is not known. Moments are in UTC, and say so."""
    document = json.loads(to_json(board(of_a_run(tmp_path, {"home.load": Outcome.FAIL}, NOW - ago))))
    jsonschema.validate(document, json_schema())
    assert document["generated"] == "2026-11-21T17:35:00Z"
    assert set(document["places"][0]["availability"]) == {"24h", "7d", "30d", "90d"}


def test_the_contract_is_that_of_version_1(tmp_path: Path) -> None:
    """Whoever changes a name here raises the version, and tells those who read it."""
    document = json.loads(to_json(board(of_a_run(tmp_path, {}))))
    assert document["schema"] == 1
    assert list(document) == ["schema", "generated", "monitor", "status", "places"]
    (place,) = document["places"]
    assert list(place) == [
        "suite", "environment", "monitor", "status", "state", "since", "stands_until", "reason", "regions",
        "availability", "open_incidents",
    ]  # fmt: skip
    assert list(place["regions"][0]) == ["region", "state", "since", "newest_run", "failing"]
    assert list(place["availability"]["24h"]) == ["seconds", "worst", "best", "seen", "unknown"]

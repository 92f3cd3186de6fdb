"""The fault catalogue: what a probe expects says what it must catch."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from smoke.answers.exchange import Exchange, NoAnswer, NoAnswerError, Request
from smoke.answers.expectations import judge
from smoke.answers.shapes import Expect
from smoke.config.load import load
from smoke.config.paths import suites
from smoke.config.probe import Probe
from smoke.model import Blame
from smoke.probing.client import unanswered
from smoke.proof.catalogue.network import BLAMES
from smoke.proof.fault import IMPLIED, Fault, faults_of
from smoke.proof.faulty import SAID
from smoke.proof.rewriting import GONE, unlike, with_header, with_text, with_value, without
from tests.support.exchanges import an_answer

ROOT = Path(__file__).parents[2]
NOT_JUDGED = {"status", "samples", "ceiling_ms"}
"""A status is wrong at any probe, whatever it expects; samples are only counted; a ceiling goes with its budget."""


def a_probe(request: str = "GET /health", *, beside: dict[str, Any] | None = None, **expect: Any) -> Probe:
    """``beside``: what is said beside ``expect``."""
    said = {"id": "health.root", "title": "Healthy", "category": "api-health", "request": request, **(beside or {})}
    return TypeAdapter(Probe).validate_python({**said, "expect": expect})


def the_fault(probe: Probe, name: str) -> Fault:
    return next(fault for fault in faults_of(probe) if fault.name == name)


def broken(probe: Probe, name: str, good: Exchange) -> tuple[str, ...]:
    """The rules that the faulty answer breaks."""
    return tuple(finding.rule for finding in judge(probe.expect, the_fault(probe, name).act(good, 1)))


def test_every_expectation_implies_faults() -> None:
    """Whoever adds an expectation says what it must catch."""
    faults_of(a_probe())
    assert {field.name for field in fields(Expect)} - NOT_JUDGED <= set(IMPLIED)


@pytest.mark.parametrize("name", suites(ROOT))
def test_a_fault_has_one_name_at_a_probe(name: str) -> None:
    """Names are what matrices, and ``--fault``, hang on."""
    for probe in load(ROOT, name).probes:
        names = [fault.name for fault in faults_of(probe)]
        assert len(names) == len(set(names)) >= 10


@pytest.mark.parametrize(
    ("expect", "body", "fault", "rule"),
    [
        ({"json": {"a.b": {}}}, '{"a": {"b": 1, "c": 2}}', "json-missing a.b", "a.b (missing) exists"),
        ({"json": {"a": {"equals": "x"}}}, '{"a": "x"}', "json-value a", "a ('x-not') == 'x'"),
        ({"json": {"a": {"type": "string"}}}, '{"a": "x"}', "json-type a", "a (int) is of type string"),
        ({"json": {"a": {"type": "integer"}}}, '{"a": 1}', "json-null a", "a (NoneType) is of type integer"),
        ({"json": {"a": {"below": 5}}}, '{"a": 1}', "json-too-large a", "a (6.0) < 5"),
        ({"json": {"a": {"above": 5}}}, '{"a": 9}', "json-too-small a", "a (4.0) > 5"),
        ({"json": {"a": {"matches": "^v"}}}, '{"a": "v1"}', "json-text a", "a ('') matches /^v/"),
        ({"json": {"$": {"keys": ["a"]}}}, '{"a": 1}', "json-key-added $", "$ keys"),
        ({"json": {"a[0]": {}}}, '{"a": [1, 2]}', "json-missing a[0]", "a[0] (missing) exists"),
        ({"contains": ["</html>"]}, "<html></html>", "text-missing </html>", "body contains '</html>'"),
        ({"lacks": ["DEBUG"]}, "fine", "text-added DEBUG", "body lacks 'DEBUG'"),
        ({"matches": [r"^(?!.*\d\.\d)"]}, "12", r"text-missing /^(?!.*\d\.\d)/", "body matches"),
        ({"bom": "once"}, "\ufeffa", "bom-twice", "byte order marks at the start (2) == 1"),
        ({"no_pii": {}}, '{"id": 1}', "somebodys-address", "personal data (1) == 0"),
    ],
)
def test_a_faulty_body_breaks_what_implied_it(expect: dict[str, Any], body: str, fault: str, rule: str) -> None:
    """And the good one does not."""
    probe, good = a_probe(**expect), an_answer(body)
    assert judge(probe.expect, good) == ()
    assert any(each.startswith(rule) for each in broken(probe, fault, good))


def test_a_text_is_added_to_whatever_a_body_is() -> None:
    """JSON stays JSON."""
    added = [with_text(an_answer(body), "DEBUG") for body in ('{"a": 1}', "[1]", '"so"', "plain ")]
    assert [each.json for each in added[:3]] == [{"a": 1, "added": "DEBUG"}, [1, "DEBUG"], "so DEBUG"]
    assert added[3].body == b"plain DEBUG"


def test_what_is_no_json_has_no_values_to_change() -> None:
    assert with_value(an_answer("plain"), "a", lambda _old: 1).body == b"plain"


def test_the_rest_of_a_faulty_answer_is_as_it_was() -> None:
    """One thing at a time: else nobody could say what was noticed."""
    good = an_answer('{"a": 1, "b": [1, 2]}', headers={"X-Build": "7", "x-other": "1"})
    assert with_value(good, "b[1]", lambda old: old + 1).json == {"a": 1, "b": [1, 3]}
    assert with_value(good, "c.d", lambda _old: GONE).json == {"a": 1, "b": [1, 2]}
    assert with_header(good, "x-build", None).headers == (("x-other", "1"),)
    assert without(b"one two", "two") == b"one "


def test_no_text_is_made_up_for_a_pattern_that_any_text_fits() -> None:
    """Such an expectation promises nothing beyond being there."""
    assert unlike(r".*") is None
    assert unlike(r"^\d+$") == ""


@pytest.mark.parametrize("how", [how for how in NoAnswer if how is not NoAnswer.HANGS])
def test_what_the_network_says_has_its_own_blame(how: NoAnswer) -> None:
    """A drill's words are those of the client, and read as the same cause."""
    request = Request(method="GET", url="https://shop.example/health")
    assert unanswered(request, SAID[how]).blame is BLAMES[how]
    with pytest.raises(NoAnswerError):
        the_fault(a_probe(), how.value).act(an_answer(), 1)


@pytest.mark.parametrize(("code", "blame"), [(500, Blame.APP_5XX), (404, Blame.APP_4XX)])
def test_a_status_that_is_expected_is_no_fault(code: int, blame: Blame) -> None:
    """Any other is, and who is to blame stands with it."""
    assert the_fault(a_probe(), f"status-{code}").blames == {blame}
    assert not any(fault.name == f"status-{code}" for fault in faults_of(a_probe(status=code)))
    if code == 404:
        assert the_fault(a_probe(status=code), "open-to-everybody").act(an_answer(status=404), 1).status == 200


@pytest.mark.parametrize(("code", "is_one"), [(200, True), (404, False)])
def test_an_error_page_is_a_fault_only_where_none_is_expected(code: int, is_one: bool) -> None:
    names = {fault.name for fault in faults_of(a_probe(status=code, content_type="text/html"))}
    assert ("error-page-200" in names, "page-cut" in names) == (is_one, True)

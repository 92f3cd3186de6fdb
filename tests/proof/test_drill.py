"""Drills over a tape: who notices a fault, who sleeps, who goes red without having seen it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from typing import Any

import pytest
from pydantic import TypeAdapter

from smoke.answers.exchange import Exchange, Request
from smoke.answers.judges import JUDGES
from smoke.config.probe import Probe
from smoke.judging.retry import RetryPolicy
from smoke.model import Blame, Category, Check, CheckKind, Outcome, Scope
from smoke.probing.asking import Terms
from smoke.proof.drill import Basis, drill, faultless, in_order
from smoke.proof.fault import Fault, faults_of
from smoke.proof.matrix import Case, Matrix, Result
from smoke.proof.tape import Call, NotOnTapeError, Tape

HOME = "https://shop.example"
JSON = (("Content-Type", "application/json"),)


def a_probe(check_id: str = "health.root", request: str = "GET /health", **changes: Any) -> Probe:
    said = {"id": check_id, "title": "Healthy", "category": "api-health", "request": request}
    return TypeAdapter(Probe).validate_python({**said, "expect": {"json": {"status": {"equals": "ok"}}}, **changes})


def taped(
    check_id: str = "health.root", path: str = "/health", body: bytes = b'{"status": "ok"}', **said: Any
) -> Exchange:
    request = Request(method="GET", url=HOME + path, check_id=check_id)
    return Exchange(**{"request": request, "status": 200, "headers": JSON, "body": body, **said})


def basis(probes: tuple[Probe, ...], *answers: Exchange) -> Basis:
    checks = {
        each.id: Check(
            id=each.id,
            title="",
            category=Category.API_HEALTH,
            kind=CheckKind.PROBE,
            critical=True,
            scope=Scope.FULL,
            source="",
        )
        for each in probes
    }
    terms = Terms(base_url=HOME, timeout_s=5.0, retry=RetryPolicy())
    return Basis(suite="shop", probes=probes, checks=checks, terms=terms, values={}, tape=Tape(answers))


def tried(on: Basis, fault: str | Fault, check_id: str = "health.root") -> Case:
    probe = next(each for each in on.probes if each.id == check_id)
    if isinstance(fault, str):
        fault = next(each for each in faults_of(probe) if each.name == fault)

    async def both() -> Case:
        return await drill(on, await faultless(on), probe, fault)

    return asyncio.run(both())


def test_a_check_catches_what_it_promises() -> None:
    """All of it: nothing that its expectations imply gets by."""
    on = basis((a_probe(),), taped())
    cases = [tried(on, fault) for _, fault in on.cases()]
    assert len(cases) > 15
    assert {case.result for case in cases} == {Result.CAUGHT}


def test_what_may_not_write_twice_cannot_be_confirmed() -> None:
    """It is not green, but nobody is blamed: the matrix says so, and only for faults that lose the answer."""
    writes = {"request": "POST /cart", "permits": ["POST /cart"]}
    for repeatable, result in ((False, Result.UNCONFIRMED), (True, Result.CAUGHT)):
        probe = a_probe(**writes, repeatable=repeatable)
        good = taped(path="/cart", request=Request(method="POST", url=f"{HOME}/cart", check_id="health.root"))
        on = basis((probe,), good)
        found = {fault.name: tried(on, fault).result for _, fault in on.cases()}
        assert found.pop("reset") is found.pop("truncated") is result
        assert set(found.values()) == {Result.CAUGHT}
        assert ("first-request-fails" in found) is repeatable


def test_a_weak_check_is_found_out() -> None:
    """It says that it knows where the link leads, and takes any place."""
    probe = a_probe(expect={"redirects_to": r"https://\S+"})
    on = basis((probe,), taped(status=302, headers=(("Location", "https://shop.example/welcome"),)))
    assert tried(on, "redirect-nowhere").result is Result.CAUGHT
    assert tried(on, "redirect-elsewhere").result is Result.SURVIVED


def test_a_check_that_blames_another_is_found_out() -> None:
    """Who is woken at night depends on it."""
    unfair = Fault(
        name="slow", act=lambda good, _number: taped(status=500, request=good.request), blames=frozenset({Blame.SLOW})
    )
    case = tried(basis((a_probe(),), taped()), unfair)
    assert (case.result, case.blame) == (Result.WRONG_BLAME, Blame.APP_5XX)


def test_who_goes_red_without_having_seen_the_fault_is_told() -> None:
    """Who saw it too is not held against anybody, nor is who is red without any fault."""
    same, ill = a_probe("health.same"), a_probe("health.ill", "GET /ill")
    on = basis((a_probe(), same, ill), taped(), taped("health.same"), taped("health.ill", "/ill", b"{}"))
    case = tried(on, "status-500")
    assert (case.result, case.also, case.collateral) == (Result.CAUGHT, ("health.same",), ())
    assert dataclasses.replace(case, collateral=("health.other",)).result is Result.COLLATERAL
    assert tried(on, "status-500", "health.ill").result is Result.UNPROVED


def test_what_one_expectation_promises_it_must_catch_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge that sleeps is missed, though another one notices by the way."""
    probe = a_probe(
        expect={"json": {"status": {"equals": "ok"}}, "lacks": ["DEBUG"], "content_type": "application/json"}
    )
    on = basis((probe,), taped())
    assert tried(on, "html-for-json").result is Result.CAUGHT
    monkeypatch.setitem(JUDGES, "json", lambda _expected, _exchange: iter(()))
    case = tried(on, "html-for-json")
    assert (case.result, "noticed by the way: content type" in (case.rule or "")) == (Result.SURVIVED, True)


def test_a_first_failure_must_be_got_over() -> None:
    """One refused request is FLAKY, never FAIL."""
    case = tried(basis((a_probe(),), taped()), "first-request-fails")
    assert (case.result, case.outcome) == (Result.CAUGHT, Outcome.FLAKY)


def test_a_fault_that_changes_nothing_proves_nothing() -> None:
    """The check is not said to have slept, nor to have caught it."""
    still = Fault(name="nothing", act=lambda good, _number: good, blames=frozenset({Blame.ASSERTION}))
    case = tried(basis((a_probe(),), taped()), still)
    assert (case.result, case.outcome) == (Result.UNPROVED, Outcome.PASS)
    assert Matrix(suite="shop", environment="local", cases=(case,)).outcome is Outcome.INCONCLUSIVE


def test_what_the_clean_run_did_not_ask_cannot_be_answered() -> None:
    """That is told, not taken for the application's fault."""
    case = tried(basis((a_probe(), a_probe("health.new", "GET /new")), taped()), "status-500")
    assert case.result is Result.UNPROVED
    assert "GET https://shop.example/new" in (case.trouble or "")


def test_a_probe_whose_forerunner_fails_is_not_collateral() -> None:
    """It was not run, and says so."""
    on = basis((a_probe("cart.read", after=["health.root"]), a_probe()), taped(), taped("cart.read"))
    assert [probe.id for probe in in_order(on.probes)] == ["health.root", "cart.read"]
    assert tried(on, "status-500").result is Result.CAUGHT


def test_a_tape_answers_in_the_order_of_the_clean_run() -> None:
    """The last answer again when there are no more; a login as whoever made it in the clean run; else nothing."""
    tape, asked = Tape([taped(body=b"1"), taped(body=b"2"), taped("login.one", "/login")]), Counter[Call]()
    mine = Request(method="GET", url=f"{HOME}/health", check_id="health.root")
    assert [tape.answer(mine, asked).body for _ in range(3)] == [b"1", b"2", b"2"]
    assert tape.answer(Request(method="GET", url=f"{HOME}/login", check_id="health.root"), asked).status == 200
    with pytest.raises(NotOnTapeError, match=r"GET https://shop\.example/none of health\.root"):
        tape.answer(Request(method="GET", url=f"{HOME}/none", check_id="health.root"), asked)
    tape.settle("health.root")
    assert tape.answer(mine, Counter()).body == b"2"


def test_a_matrix_is_as_good_as_its_worst_case() -> None:
    """A survivor fails it, and nothing tried proves nothing."""
    on = basis(
        (a_probe(expect={"redirects_to": r"https://\S+"}),), taped(status=302, headers=(("Location", "https://a.b"),))
    )
    cases = (tried(on, "status-500"), tried(on, "redirect-elsewhere"))
    matrix = Matrix(suite="shop", environment="local", cases=cases)
    assert (matrix.outcome, matrix.detection_rate, len(matrix.bad)) == (Outcome.FAIL, 0.5, 1)
    assert Matrix(suite="shop", environment="local", cases=cases[:1]).outcome is Outcome.PASS
    assert Matrix(suite="shop", environment="local", cases=()).outcome is Outcome.INCONCLUSIVE

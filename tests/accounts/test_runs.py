"""Whole runs and their accounts: what the product sees of them, and what its users are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyotp
import pytest

from tests.accounts.door import PASSWORD, Door, run, served

PROBE = """\
- id: door.{name}
  title: The account is known
  category: authentication
  request: GET /me
  account: basic
  permits: [POST /login, POST /code]
  expect: {{status: 200}}
"""
PROBES = "".join(PROBE.format(name=name) for name in ("me", "again"))
JOURNEYS = '''
from smoke.running.checks import check

LOGIN = """([user, password]) => fetch("/login", {method: "POST", body: JSON.stringify({user, password})})
  .then(answer => answer.status)"""

def sign_in(page, journey):
    page.goto("./")
    status = page.evaluate(LOGIN, [journey.account.user, journey.account.password.reveal()])
    assert page.get_by_role("heading").inner_text() == "Welcome", "the page greets"

@check("page.first", category="authentication", account="basic", permits=["POST /login"])
def test_first(page, journey):
    """Signs in, and looks for something else."""
    sign_in(page, journey)

@check("page.second", category="authentication", account="basic", permits=["POST /login"])
def test_second(page, journey):
    """Does the same."""
    sign_in(page, journey)

@check("page.third", category="authentication", account="basic", permits=["POST /login"])
def test_third(page, journey):
    """Swallows what it sees."""
    page.goto("./")
    page.evaluate(LOGIN, [journey.account.user, journey.account.password.reveal()])
'''


def blames(verdict: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {check["id"]: (check["outcome"], check["blame"]) for check in verdict["checks"]}


def evidence(verdict: dict[str, Any]) -> list[str]:
    return [line for check in verdict["checks"] for line in check["evidence"]]


@pytest.mark.parametrize("status", [401, 423, 429])
def test_a_refused_account_is_tried_once_in_a_run(tmp_path: Path, status: int) -> None:
    """Probes and journeys all need it; the product sees one wrong password, and everybody is told who saw that."""
    with served(Door(status=status)) as door:
        code, verdict = run(tmp_path, door, probes=PROBES, journeys=JOURNEYS if status == 401 else "")
    assert len(door.logins) == 1
    assert code == 3
    assert set(blames(verdict).values()) == {("INCONCLUSIVE", "ACCOUNT")}
    assert len(verdict["checks"]) == (5 if status == 401 else 2)
    assert any(f"POST /login answered {status}" in line for line in evidence(verdict))


def test_a_journey_that_sees_the_refusal_is_the_accounts(tmp_path: Path) -> None:
    """It fails at what is missing on the page, or at nothing at all: the answer to the login decides."""
    with served(Door()) as door:
        code, verdict = run(tmp_path, door, probes="  []", journeys=JOURNEYS, password="wrong-but-long")
    assert door.logins == ["wrong-but-long"]
    assert code == 3
    assert set(blames(verdict).values()) == {("INCONCLUSIVE", "ACCOUNT")}
    told = "\n".join(evidence(verdict))
    assert "login of smoke@door.example is accepted: POST /login answered 401" in told
    assert "page.first: POST /login answered 401" in told


def test_a_server_error_at_the_login_is_the_applications(tmp_path: Path) -> None:
    """500 refuses nobody: it is told as what it is, and tried again as any other."""
    with served(Door(status=500)) as door:
        code, verdict = run(tmp_path, door, probes=PROBE.format(name="me"))
    assert code == 1
    assert blames(verdict) == {"door.me": ("FAIL", "APP_5XX")}
    assert len(door.logins) == 2


def test_probes_of_one_account_share_one_login(tmp_path: Path) -> None:
    """The product is asked for one session, however many probes need it."""
    with served(Door()) as door:
        code, verdict = run(tmp_path, door, probes=PROBES)
    assert code == 0, verdict["reason"]
    assert door.logins == [PASSWORD]


def test_a_fourth_run_leaves_an_account_alone_that_three_saw_refused(tmp_path: Path) -> None:
    """Five wrong passwords lock it: the ledger remembers what other runs were answered."""
    with served(Door()) as door:
        for _ in range(4):
            code, verdict = run(tmp_path, door, probes=PROBE.format(name="me"), password="wrong-but-long")
    assert len(door.logins) == 3
    assert code == 3
    assert blames(verdict) == {"door.me": ("INCONCLUSIVE", "ACCOUNT")}
    assert any("last 3 logins were refused" in line for line in evidence(verdict))


def test_a_code_is_made_by_the_targets_clock(tmp_path: Path) -> None:
    """Its Date says that it is 90 s ahead of us: three time steps, more than any server forgives."""
    with served(Door(ahead_s=90, totp=pyotp.random_base32())) as door:
        code, verdict = run(tmp_path, door, probes=PROBES)
    assert code == 0, verdict["reason"]
    assert len(door.codes) == 1


def test_a_broken_ledger_keeps_the_run_from_the_account(tmp_path: Path, state: Path) -> None:
    """Nobody can say what other runs did: not one login is tried, and the run says whose fault that is."""
    state.mkdir()
    (state / "accounts.db").write_text("this is no database, and long enough to tell")
    with served(Door()) as door:
        code, verdict = run(tmp_path, door, probes=PROBE.format(name="me"), journeys=JOURNEYS)
    assert door.logins == []
    assert code == 3
    assert set(blames(verdict).values()) == {("INCONCLUSIVE", "HARNESS")}
    assert any("accounts.db: file is not a database" in line for line in evidence(verdict))

"""Whole runs and their accounts: what the product sees of them, and what its users are told."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
import pytest

from smoke.accounts.opening import open_broker
from tests.accounts.door import ARGUMENTS, PASSWORD, USER, Door, run, served, write
from tests.support import warm

PROGRAM = (sys.executable, "-m", "smoke")
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
    assert "login of smoke@door.example was not accepted: POST /login answered 401" in told
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


@dataclass(frozen=True)
class Ended:
    """A run, and which passwords had been tried by its end."""

    code: int
    verdict: dict[str, Any]
    logins: list[str]


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> list[Ended]:
    """Four runs with a wrong password, and one with the right one."""
    folder, ended = tmp_path_factory.mktemp("refused"), []
    with served(Door()) as door, pytest.MonkeyPatch.context() as environ:
        environ.setenv("SMOKE_STATE", str(folder / "state"))
        for password in (*["wrong-but-long"] * 4, PASSWORD):
            code, verdict = run(folder, door, probes=PROBE.format(name="me"), password=password)
            ended.append(Ended(code, verdict, [*door.logins]))
    return ended


def test_a_fourth_run_leaves_an_account_alone_that_three_saw_refused(refused: list[Ended]) -> None:
    """Five wrong passwords lock it: the ledger remembers what other runs were answered."""
    fourth = refused[3]
    assert len(fourth.logins) == 3
    assert fourth.code == 3
    assert blames(fourth.verdict) == {"door.me": ("INCONCLUSIVE", "ACCOUNT")}
    assert any("last 3 logins were refused" in line for line in evidence(fourth.verdict))


def test_a_code_is_made_by_the_targets_clock(tmp_path: Path) -> None:
    """Its Date says that it is 90 s ahead of us: three time steps, more than any server forgives."""
    with served(Door(ahead_s=90, totp=pyotp.random_base32())) as door:
        code, verdict = run(tmp_path, door, probes=PROBES)
    assert code == 0, verdict["reason"]
    assert len(door.codes) == 1


def test_a_secret_of_sixteen_characters_works(tmp_path: Path) -> None:
    """Many products give no more; the door takes its code."""
    with served(Door(totp="JBSWY3DPEHPK3PXP")) as door:
        code, verdict = run(tmp_path, door, probes=PROBE.format(name="me"))
    assert code == 0, verdict["reason"]
    assert len(door.codes) == 1


def test_a_secret_that_is_none_is_told_before_anything_runs(tmp_path: Path) -> None:
    """Variable, what is wrong and the way out; never the value, and nobody is asked anything."""
    with served(Door(totp="hunter-1-is-mine!")) as door:
        write(tmp_path, door, probes=PROBES)
        environ = {**os.environ, "DOOR_PASSWORD": PASSWORD, "DOOR_TOTP": door.totp}
        done = warm.smoke(*ARGUMENTS, cwd=tmp_path, environ=environ)
    assert (done.returncode, done.stdout, door.logins) == (2, "", [])
    assert done.stderr == (
        "environment: 1 problem\n  DOOR_TOTP: is no TOTP secret: one is base32: the letters A to Z and the digits 2 to"
        " 7; copy it again where smoke@door.example set its authenticator up, without otpauth://\n"
    )


@pytest.mark.long
def test_a_limit_is_no_wrong_password(tmp_path: Path) -> None:
    """Three runs that were limited leave the account open to the fourth."""
    with served(Door(status=429)) as door:
        for _ in range(3):
            run(tmp_path, door, probes=PROBE.format(name="me"))
        door.status = 200
        code, verdict = run(tmp_path, door, probes=PROBE.format(name="me"))
    assert code == 0, verdict["reason"]


def test_another_password_is_tried_at_once(refused: list[Ended]) -> None:
    """Three refusals of the wrong one close the account to it, and not to the right one."""
    told = " ".join(evidence(refused[3].verdict))
    assert "set another password, or run `smoke accounts forgive smoke@door.example`" in told
    assert refused[4].code == 0, refused[4].verdict["reason"]
    assert refused[4].logins == ["wrong-but-long"] * 3 + [PASSWORD]


def test_a_login_that_we_misread_is_ours(tmp_path: Path) -> None:
    """The answer is good and lacks what suite.yaml names: its keys are told, not its values, and it is asked once."""
    with served(Door()) as door:
        write(tmp_path, door, probes=PROBES)
        suite = tmp_path / "config/suites/door/suite.yaml"
        suite.write_text(suite.read_text().replace("  token: token\n", "  token: data.tokn\n"))
        environ = {**os.environ, "DOOR_PASSWORD": PASSWORD}
        done = warm.smoke(*ARGUMENTS, cwd=tmp_path, environ=environ)
    verdict = json.loads(done.stdout)
    assert (done.returncode, door.logins) == (3, [PASSWORD])
    assert set(blames(verdict).values()) == {("INCONCLUSIVE", "HARNESS")}
    assert (
        "login of smoke@door.example cannot be read: POST /login answered 200 and has no data.tokn (its keys: token):"
        " mend login.token in suite.yaml"
    ) in evidence(verdict)
    assert "opens-the-door" not in done.stdout + done.stderr


def test_a_wait_for_an_account_is_told_and_is_no_part_of_its_check(tmp_path: Path, state: Path) -> None:
    """Another run has the account: the line says which; its end is waited for, and counts for no check."""
    with served(Door()) as door:
        write(tmp_path, door, probes=PROBE.format(name="me"))
        environ = {**os.environ, "DOOR_PASSWORD": PASSWORD, "DOOR_TOTP": ""}
        held = open_broker(origin=door.url, users=(USER,), run_id="other", left_s=60, path=state / "accounts.db")
        with held as other, other.lease(USER):
            begun = time.monotonic()
            process = subprocess.Popen(
                [*PROGRAM, *ARGUMENTS],
                cwd=tmp_path,
                env=environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            assert process.stderr
            said = next(line for line in process.stderr if line.startswith("waiting"))
            threading.Event().wait(max(1.5, 2 * (time.monotonic() - begun)))  # longer than all else may take
        out, told = process.communicate(timeout=60)
    assert re.match(r"waiting up to \d+ s for the account smoke@door\.example: run other \(process ", said)
    verdict = json.loads(out)
    assert process.returncode == 0, told
    spent = re.search(r"of its (\d+\.\d) s, ([1-9]\d*\.\d) s waited for accounts", told)
    assert spent, told
    assert verdict["checks"][0]["duration_ms"] / 1000 < float(spent[1]) - float(spent[2]) + 0.1


def test_a_run_that_nobody_reads_ends_as_it_would(tmp_path: Path) -> None:
    """``smoke run | head -1``: quiet, with the exit code of its verdict."""
    with served(Door()) as door:
        write(tmp_path, door, probes=PROBE.format(name="me"))
        environ = {**os.environ, "DOOR_PASSWORD": PASSWORD, "DOOR_TOTP": ""}
        command = [*PROGRAM, *(each for each in ARGUMENTS if each != "--json")]
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        told = process.stderr.read()
    assert (process.wait(60), told) == (0, "")


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

"""A history on a branch: whole at the next machine, whoever else writes it, and nothing lost of what others wrote."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from smoke import cli
from smoke.bundle import good
from smoke.carrying.git import Branch
from smoke.history.errors import HistoryError
from smoke.history.incidents import IncidentRow, Incidents
from smoke.history.opening import history_file
from smoke.history.outbox import Outbox, Parcel
from smoke.history.runs import History
from smoke.secrets.secret import Scrubber
from tests.support.loopback import free_port
from tests.support.run_builder import a_typical_run

ROOT = Path(__file__).parents[2]
DAY = 86_400.0
NOW = time.time()
NAME = "smoke-history/shop"
TOKEN = "ghs-canary-7d1e"
Captured = pytest.CaptureFixture[str]


def git(folder: Path, *command: str) -> str:
    done = subprocess.run(["git", *command], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@dataclass(frozen=True)
class Machine:
    """A runner that has checked out the project, and is thrown away."""

    folder: Path

    def says(self, *command: str) -> int:
        os.chdir(self.folder)
        return cli.main(["history", *command])

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    def ran(self, run_id: str, ago_s: float = 0.0) -> None:
        finished = NOW - ago_s
        run = a_typical_run(run_id=run_id, started=finished - 9, finished=finished)
        History(self.reports / "history.db").record(run)

    @property
    def runs(self) -> list[str]:
        return [run.run_id for run in History(self.reports / "history.db").recent("shop", "production", 99)]

    @property
    def outbox(self) -> Outbox:
        return Outbox(history_file(self.reports / "history.db"))


@dataclass
class Place:
    """Where machines come and go."""

    folder: Path
    count: int = 0

    @property
    def remote(self) -> Path:
        return self.folder / "remote.git"

    def machine(self) -> Machine:
        self.count += 1
        folder = self.folder / f"machine-{self.count}"
        (folder / "config/suites/shop").mkdir(parents=True)
        git(folder, "init", "--quiet")
        git(folder, "remote", "add", "origin", str(self.remote))
        return Machine(folder)

    @property
    def files(self) -> list[str]:
        return git(self.remote, "ls-tree", "-r", "--name-only", NAME).splitlines()

    @property
    def tip(self) -> str:
        return git(self.remote, "rev-parse", NAME).strip()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    for name in ("SMOKE_HISTORY_URL", "SMOKE_HISTORY_KEEP", "GITHUB_TOKEN", "GITHUB_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    return Place(tmp_path)


def a_parcel(key: str) -> Parcel:
    return Parcel(key=key, to="alert:slack", kind="message", body=f"of {key}", created=NOW)


def test_the_next_machine_goes_on_where_this_one_ended(place: Place, capsys: Captured) -> None:
    """With what is still open, what is yet to be told, and what was good."""
    first, second = place.machine(), place.machine()
    assert first.says("pull", NAME) == 0
    assert "is not there yet" in capsys.readouterr().err
    first.ran("one", ago_s=3 * DAY)
    first.ran("zwölf ☃/../x")
    body = {"suite": "shop", "environment": "production", "rule": "down", "opened": NOW, "body": "{}"}
    Incidents(first.outbox.store).save(IncidentRow(incident_id="i-1", closed=None, **body))
    first.outbox.put(a_parcel("told"), a_parcel("late"))
    first.outbox.sent("told", NOW)
    kept = good.shelf_of(first.reports, "shop", "production")
    good.keep(a_typical_run(finished=NOW), {}, kept, Scrubber())
    (first.reports / "allure-history.jsonl").write_text('{"uuid":"a"}\n')
    assert first.says("push", NAME) == 0
    assert second.says("pull", NAME) == 0
    assert capsys.readouterr().err.splitlines()[-1] == f"{NAME}: 2 runs taken in"
    assert second.runs == first.runs == ["zwölf ☃/../x", "one"]
    (carried,) = Incidents(second.outbox.store).between(0, float("inf"))
    assert (carried.incident_id, carried.closed) == ("i-1", None)
    assert [each.body for each in second.outbox.waiting("alert:slack")] == ["of late"]
    assert second.outbox.put(a_parcel("told")) == 0
    assert good.read(good.shelf_of(second.reports, "shop", "production")) == good.read(kept) != {}
    assert (second.reports / "allure-history.jsonl").read_text() == '{"uuid":"a"}\n'


def test_the_branch_is_one_commit_without_parents_however_often_it_is_pushed(place: Place) -> None:
    """So it does not grow but by what it holds; the working tree and its branches are left alone."""
    machine = place.machine()
    for run_id in ("one", "two"):
        machine.ran(run_id)
        assert machine.says("push", NAME) == 0
    assert git(place.remote, "rev-list", "--count", NAME).strip() == "1"
    assert len([path for path in place.files if path.startswith("runs/")]) == 2
    assert git(machine.folder, "branch", "--list") == ""
    assert not (machine.folder / "smoke-history.json").exists()


def test_who_was_outpaced_takes_in_what_the_other_wrote_and_tries_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The branch that was read is no longer there when it is to be replaced: the lease is stale."""
    mine, theirs = place.machine(), place.machine()
    mine.ran("earlier")
    assert mine.says("push", NAME) == 0
    mine.ran("mine")
    theirs.ran("theirs")
    theirs.outbox.put(a_parcel("theirs"))
    replace, asked = Branch.replace, []

    def outpaced(self: Branch, *given: object) -> None:
        asked.append(self.folder)
        if asked == [mine.folder]:
            assert theirs.says("push", NAME) == 0
        replace(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Branch, "replace", outpaced)
    assert mine.says("push", NAME) == 0
    assert asked == [mine.folder, theirs.folder, mine.folder]
    third = place.machine()
    assert third.says("pull", NAME) == 0
    assert {*third.runs} == {"earlier", "mine", "theirs"}
    assert [each.key for each in third.outbox.waiting("alert:slack")] == ["theirs"]
    assert git(place.remote, "rev-list", "--count", NAME).strip() == "1"


def test_many_that_push_at_once_all_leave_their_runs(place: Place) -> None:
    """Real processes, and a branch that is not there yet."""
    machines = [place.machine() for _ in range(4)]
    for number, machine in enumerate(machines):
        machine.ran(f"run-{number}")
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "smoke", "history", "push", NAME]
    running = [subprocess.Popen(command, cwd=machine.folder, env=environ) for machine in machines]
    assert [process.wait(120) for process in running] == [0, 0, 0, 0]
    last = place.machine()
    assert last.says("pull", NAME) == 0
    assert {*last.runs} == {f"run-{number}" for number in range(4)}


def test_what_was_told_by_somebody_else_is_not_told_again(place: Place) -> None:
    """A copy that is older than the branch still has it in its outbox."""
    first, second, copy = place.machine(), place.machine(), place.machine()
    first.outbox.put(a_parcel("notice"))
    assert first.says("push", NAME) == 0
    assert (second.says("pull", NAME), copy.says("pull", NAME)) == (0, 0)
    second.outbox.sent("notice", NOW)
    assert second.says("push", NAME) == 0
    assert copy.says("pull", NAME) == 0
    assert copy.outbox.waiting("alert:slack") == ()
    assert copy.says("push", NAME) == first.says("pull", NAME) == 0
    assert first.outbox.waiting("alert:slack") == ()


def test_what_is_older_than_the_history_is_kept_leaves_the_branch(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = place.machine()
    machine.ran("old", ago_s=40 * DAY)
    machine.ran("new")
    assert machine.says("push", NAME) == 0
    assert len([path for path in place.files if path.startswith("runs/")]) == 2
    monkeypatch.setenv("SMOKE_HISTORY_KEEP", "30d")
    other = place.machine()
    assert other.says("push", NAME) == 0
    assert (other.runs, [path.split("/")[2] for path in place.files if path.startswith("runs/")]) == (
        ["new"],
        ["new.json"],
    )


@pytest.mark.parametrize(
    ("file", "content", "why"),
    [
        ("README.md", "# Shop\n", "holds something else, and was left alone"),
        ("smoke-history.json", '{"schema": 2}', "was written by another version of smoke"),
    ],
    ids=["somebody's code", "later version"],
)
def test_a_branch_that_is_not_ours_is_left_alone(
    place: Place, capsys: Captured, file: str, content: str, why: str
) -> None:
    machine = place.machine()
    (machine.folder / file).write_text(content)
    git(machine.folder, "add", file)
    git(machine.folder, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "Code")
    git(machine.folder, "push", "--quiet", "origin", f"HEAD:{NAME}")
    before = place.tip
    machine.ran("one")
    assert [machine.says(action, NAME) for action in ("pull", "push")] == [3, 3]
    assert capsys.readouterr().err.count(why) == 2
    assert place.tip == before


def test_damage_is_named_and_nothing_is_overwritten(place: Place, capsys: Captured) -> None:
    """All else is taken in: the verdict of the next run needs it."""
    machine = place.machine()
    machine.ran("one")
    machine.ran("two")
    assert machine.says("push", NAME) == 0
    (broken,) = (path for path in place.files if path.endswith("one.json"))
    branch = Branch(name=NAME, remote="origin", folder=machine.folder, environ={})
    branch.replace(branch.fetch(), [], {broken: b'{"smoke_history":1}\n'}, NOW)
    before, other = place.tip, place.machine()
    other.ran("three")
    assert [other.says(action, NAME) for action in ("pull", "push")] == [3, 3]
    assert f"{broken}: run_id: Field required" in capsys.readouterr().err
    assert (place.tip, {*other.runs}) == (before, {"two", "three"})


def test_a_remote_that_cannot_be_reached_is_no_history(place: Place, capsys: Captured) -> None:
    machine = place.machine()
    git(machine.folder, "remote", "set-url", "origin", str(place.folder / "nowhere.git"))
    machine.ran("one")
    assert [machine.says(action, NAME) for action in ("pull", "push")] == [3, 3]
    assert "INCONCLUSIVE: the branch smoke-history/shop of origin: git: fatal: " in capsys.readouterr().err
    assert machine.runs == ["one"]


def test_the_password_in_the_address_of_a_remote_is_not_told(place: Place) -> None:
    remote = f"http://ann:s3cret@127.0.0.1:{free_port()}/shop.git"
    with pytest.raises(HistoryError, match="the branch smoke-history/shop of http://127") as told:
        Branch(name=NAME, remote=remote, folder=place.machine().folder, environ={}).fetch()
    assert "s3cret" not in str(told.value)


def test_a_token_in_the_address_of_a_remote_is_not_told_by_git_either(place: Place, httpserver: HTTPServer) -> None:
    """It names the address itself where it would ask for a password."""
    asks = Response(status=401, headers={"WWW-Authenticate": "Basic"})
    httpserver.expect_request(re.compile("/shop.git/.*")).respond_with_response(asks)
    remote = httpserver.url_for("/shop.git").replace("//", "//s3cret@")
    with pytest.raises(HistoryError, match="could not read Password for 'http://localhost") as told:
        Branch(name=NAME, remote=remote, folder=place.machine().folder, environ={}).fetch()
    assert "s3cret" not in str(told.value)


def test_a_name_that_no_branch_can_have_is_refused(place: Place) -> None:
    assert place.machine().says("push", "a..b") == 2


@pytest.fixture
def server(place: Place, httpserver: HTTPServer) -> HTTPServer:
    """The remote over HTTP, by git's own program, for who has the token."""
    git(place.remote, "config", "http.receivepack", "true")
    basic = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()

    def answer(request: Request) -> Response:
        if request.headers.get("Authorization") != f"basic {basic}":
            return Response("who are you?", 401, {"WWW-Authenticate": "Basic"})
        cgi = {
            "GIT_PROJECT_ROOT": str(place.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": request.path,
            "QUERY_STRING": request.query_string.decode(),
            "REQUEST_METHOD": request.method,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "runner",
        }
        command = ["git", "http-backend"]
        done = subprocess.run(command, input=request.data, env={**os.environ, **cgi}, capture_output=True, check=True)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        return Response(body, int(headers.pop("Status", "200").split()[0]), headers)

    httpserver.expect_request(re.compile("/remote.git/.*")).respond_with_handler(answer)
    return httpserver


def test_the_token_reaches_the_server_and_nothing_else(
    place: Place, server: HTTPServer, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """Neither the repository's settings nor what is said of a failure."""
    machine = place.machine()
    git(machine.folder, "remote", "set-url", "origin", server.url_for("/remote.git"))
    machine.ran("one")
    assert machine.says("push", NAME) == 3
    monkeypatch.setenv("GITHUB_SERVER_URL", server.url_for(""))
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    assert machine.says("push", NAME) == 0
    assert json.loads(git(place.remote, "show", f"{NAME}:smoke-history.json")) == {"schema": 1}
    monkeypatch.setenv("GITHUB_TOKEN", f"{TOKEN}-old")
    assert machine.says("push", NAME) == 3
    written = b"".join(path.read_bytes() for path in (machine.folder / ".git").rglob("*") if path.is_file())
    assert TOKEN.encode() not in written
    assert TOKEN not in capsys.readouterr().err

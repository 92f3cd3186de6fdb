"""``smoke accounts rotate`` as its users run it: with hooks that fail at each step."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from dotenv import dotenv_values

from smoke.accounts.opening import open_broker
from smoke.demo.options import DemoOptions
from smoke.demo.process import start
from smoke.demo.products.betterprompts.auth_api import SHORTEST_PASSWORD
from smoke.secrets.secret import Scrubber, Secret
from smoke.upkeep.new_password import CLASSES, LENGTH, new_password
from tests.accounts.deployment import REQUEST, SUITE, VARIABLE, Deployment, Finished, days_ago, deployment, signs_in
from tests.demo.client import BASIC, Demo

OLD_DAY = "2026-01-31"
HOOK = '''
"""Changes the password in the application, or keeps it; fails as told. Prints what it should not."""
import json, os, pathlib, sys, threading, urllib.request

what, url, *modes = sys.argv[1:]
here = pathlib.Path(__file__).parent
user, old, new = (os.environ[f"SMOKE_{name}"] for name in ("ACCOUNT_USER", "OLD_PASSWORD", "NEW_PASSWORD"))
count = here / f"{what}.count"
turn = int(count.read_text()) + 1 if count.exists() else 1
count.write_text(str(turn))
mode = modes[min(turn, len(modes)) - 1] if modes else "works"
with (here / "seen").open("a") as seen:
    print(old, new, file=seen)
print(f"{what} of {user} from {old} to {new}", flush=True)


def hang():
    (here / "pid").write_text(str(os.getpid()))
    (here / "pid").rename(here / "hanging")
    threading.Event().wait()


def call(method, path, body, **headers):
    request = urllib.request.Request(url + path, json.dumps(body).encode(), headers, method=method)
    return json.load(urllib.request.urlopen(request))


if mode == "fails":
    sys.exit(f"{what} refuses {new}")
if mode == "hangs":
    hang()
if what == "change" and mode != "lies":
    token = call("POST", "/api/v1/auth/login", {"email_or_username": user, "password": old})["access_token"]
    body = {"current_password": old, "new_password": new}
    call("PUT", "/api/v1/auth/password", body, Authorization=f"Bearer {token}")
if what == "store" and mode != "lies":
    (here / "kept").write_text(new)
if mode == "works-then-fails":
    sys.exit(f"{what} broke")
if mode == "works-then-hangs":
    hang()
'''


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with start(DemoOptions(suites=frozenset({"betterprompts"}))) as process:
        yield Demo(process)


@pytest.fixture
def shop(demo: Demo, tmp_path: Path) -> Iterator[Deployment]:
    made = deployment(tmp_path, demo.base_url, **{VARIABLE: demo.password, "OTHER": "stays as it is"})
    made.write("hooks/hook.py", HOOK)
    yield made
    put_back(demo, made)


def put_back(demo: Demo, shop: Deployment) -> None:
    """Give the account the password again that it began with."""
    held = (json.loads(path.read_text())["new_password"] for path in shop.recoveries())
    maybe = dict.fromkeys((in_dotenv(shop), kept(shop), *seen(shop), *held, demo.password))
    has = next(each for each in maybe if signs_in(demo, each))
    if has != demo.password:
        visitor = demo.visitor()
        token = visitor.post("/api/v1/auth/login", demo.credentials(BASIC, has)).json["access_token"]
        body = {"current_password": has, "new_password": demo.password}
        changed = visitor.request("PUT", "/api/v1/auth/password", body, {"Authorization": f"Bearer {token}"})
        assert changed.status == 200, changed.text


@pytest.fixture
def closed(tmp_path: Path) -> Deployment:
    """One that nobody answers for: what is wrong there is told before anything is asked."""
    return deployment(tmp_path, "http://127.0.0.1:9", **{VARIABLE: "right-and-long"})


def declare(shop: Deployment, rotation: str = REQUEST) -> None:
    about = f"user: {BASIC}\nrole: basic\npassword: {VARIABLE}\npassword_set: {OLD_DAY}  # by hand\nrotation:\n"
    shop.declare(about + rotation)


def hooks(shop: Deployment, change: str = "works", store: str = "works", timeout_s: float = 20) -> str:
    """Both steps as commands; their modes, turn by turn, are separated by spaces."""

    def command(what: str, modes: str) -> str:
        return json.dumps([sys.executable, "hooks/hook.py", what, shop.base_url, *modes.split()])

    return f"  change: {command('change', change)}\n  store: {command('store', store)}\n  timeout_s: {timeout_s}\n"


def kept(shop: Deployment) -> str:
    """The password that the store hook holds."""
    path = shop.root / "hooks/kept"
    return path.read_text() if path.exists() else shop.secrets[VARIABLE]


def in_dotenv(shop: Deployment) -> str:
    return dotenv_values(shop.root / ".env")[VARIABLE] or ""


def seen(shop: Deployment) -> list[str]:
    """The passwords that hooks saw."""
    path = shop.root / "hooks/seen"
    return path.read_text().split() if path.exists() else []


def leaks(shop: Deployment, done: Finished, *passwords: str) -> list[str]:
    """Where one of these passwords, or of those that hooks saw, stands where no password is kept."""
    own = {shop.root / name for name in ("hooks/kept", "hooks/seen")}
    known = [word for path in own if path.exists() for word in path.read_text().split()]
    scrubber = Scrubber(map(Secret, [*passwords, *known]))
    meant = {shop.root / ".env", *own, *shop.recoveries()}
    files = [path for path in shop.root.rglob("*") if path.is_file() and path not in meant]
    held = [str(path) for path in files if scrubber.data(path.read_bytes()) != path.read_bytes()]
    return held + [line for line in done.output.splitlines() if scrubber.text(line) != line]


def test_a_rotation_changes_tries_and_stores(shop: Deployment, demo: Demo) -> None:
    """The application takes the new password and no longer the old one, .env holds it, suite.yaml says the day."""
    declare(shop)
    before = {file: shop.text(file) for file in (SUITE, ".env")}
    done = shop.told("rotate", "basic")
    assert done.code == 0, done.output
    assert done.output.splitlines() == [
        "the current password signs in",
        "the password is changed",
        "the new password signs in",
        "the new password is stored",
        f"password_set is {days_ago(0)} in {SUITE}",
        f"ROTATED {BASIC}",
    ]
    new = in_dotenv(shop)
    assert (signs_in(demo, new), signs_in(demo, demo.password)) == (True, False)
    assert shop.text(SUITE) == before[SUITE].replace(OLD_DAY, days_ago(0))
    assert shop.text(".env") == before[".env"].replace(demo.password, new)
    assert (shop.root / ".env").stat().st_mode & 0o777 == 0o600
    assert shop.recoveries() == []
    assert leaks(shop, done, demo.password, new) == []
    assert shop.told("check").output.count("INCONCLUSIVE") == 2, "the account is known by its new password"


def test_commands_change_and_store_too(shop: Deployment, demo: Demo) -> None:
    """Hooks get user and passwords in their environment, and what they print is masked."""
    declare(shop, hooks(shop))
    done = shop.told("rotate", "basic")
    assert done.code == 0, done.output
    assert (signs_in(demo, kept(shop)), signs_in(demo, demo.password)) == (True, False)
    assert f"  change: change of {BASIC} from *** to ***" in done.output.splitlines()
    assert f"  store: store of {BASIC} from *** to ***" in done.output.splitlines()
    assert in_dotenv(shop) == demo.password, "only the store hook was asked to keep it"
    assert leaks(shop, done, demo.password, kept(shop)) == []


ROLLED_BACK = {
    "the change fails": ("fails", "works", "exited with 1: change refuses ***"),
    "the change fails when it is done": ("works-then-fails works", "works", "exited with 1: change broke"),
    "the change does nothing": ("lies", "works", f"failed: ACCOUNT: login of {BASIC} was not accepted"),
    "the store fails": ("works", "fails works", "exited with 1: store refuses ***"),
    "the store fails when it is done": ("works", "works-then-fails works", "exited with 1: store broke"),
}


@pytest.mark.parametrize("name", ROLLED_BACK)
def test_what_fails_on_the_way_is_rolled_back(shop: Deployment, demo: Demo, name: str) -> None:
    """Whichever step fails, the old password is in force and stored again, and suite.yaml is as it was."""
    change, store, told = ROLLED_BACK[name]
    declare(shop, hooks(shop, change, store))
    before = shop.text(SUITE)
    done = shop.told("rotate", "basic")
    assert done.code == 1, done.output
    assert told in done.line("failed: ")
    assert f"NOT ROTATED {BASIC}: the old password is in force" in done.output.splitlines()
    assert signs_in(demo, demo.password)
    assert kept(shop) == demo.password
    assert shop.text(SUITE) == before
    assert shop.recoveries() == []
    assert leaks(shop, done, demo.password) == []


def test_a_command_that_does_not_end_is_stopped(shop: Deployment, demo: Demo) -> None:
    """At its time limit a hook counts as failed, whatever it did before, and the way back is taken."""
    declare(shop, hooks(shop, change="works-then-hangs works", timeout_s=3))
    done = shop.told("rotate", "basic")
    assert done.code == 1, done.output
    assert "did not end by itself: Error: stopped after 3 s" in done.output
    assert signs_in(demo, demo.password)


def test_a_change_that_nobody_answered_may_still_come(shop: Deployment, demo: Demo) -> None:
    """The old password is in force, for now: the new one is not thrown away."""
    declare(shop, hooks(shop, change="hangs", timeout_s=3))
    done = shop.told("rotate", "basic")
    assert (done.code, "THE CHANGE MAY STILL COME" in done.output) == (3, True), done.output
    assert len(shop.recoveries()) == 1
    assert signs_in(demo, demo.password)


LOST = {
    "nothing changes it back": ("works fails", "fails works", True),
    "the store takes neither": ("works", "fails", False),
}


@pytest.mark.parametrize("name", LOST)
def test_a_rollback_that_fails_loses_no_password(shop: Deployment, demo: Demo, name: str) -> None:
    """Where the way back fails too, it is said loudly, and a file that only its owner may read holds both."""
    change, store, new_is_in_force = LOST[name]
    declare(shop, hooks(shop, change, store))
    done = shop.told("rotate", "basic")
    assert done.code == 3, done.output
    [recovery] = shop.recoveries()
    held = json.loads(recovery.read_text())
    assert (recovery.stat().st_mode & 0o777, recovery.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert f"BOTH PASSWORDS ARE IN {recovery}, which only you can read:" in done.output
    assert held["old_password"] == demo.password
    assert (signs_in(demo, held["new_password"]), signs_in(demo, demo.password)) == (
        new_is_in_force,
        not new_is_in_force,
    )
    assert leaks(shop, done, demo.password, held["new_password"]) == []


def test_a_killed_rotation_loses_no_password(shop: Deployment, demo: Demo) -> None:
    """After a crash both passwords are there, and the next rotation does not begin before somebody looked."""
    declare(shop, hooks(shop, change="works-then-hangs"))
    with running(shop) as process:
        process.kill()
    [recovery] = shop.recoveries()
    assert signs_in(demo, json.loads(recovery.read_text())["new_password"])
    again = shop.told("rotate", "basic")
    assert (again.code, str(recovery) in again.output) == (3, True)
    assert shop.recoveries() == [recovery]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_rotation_is_rolled_back(shop: Deployment, demo: Demo, number: signal.Signals) -> None:
    """Ctrl-C, or the end of a job, is one more reason to put the old password back."""
    declare(shop, hooks(shop, store="works-then-hangs works"))
    with running(shop) as process:
        process.send_signal(number)
    done = Finished(process.returncode, (shop.root / "output").read_text())
    assert done.code == 1, done.output
    assert "failed: interrupted" in done.output.splitlines()
    assert (signs_in(demo, demo.password), kept(shop), shop.recoveries()) == (True, demo.password, [])


class running:  # noqa: N801 - reads as a word in a with statement
    """A rotation whose hook hangs; its end is waited for, and that of the hook."""

    def __init__(self, shop: Deployment) -> None:
        self.shop = shop

    def __enter__(self) -> subprocess.Popen[bytes]:
        with (self.shop.root / "output").open("wb") as output:
            self.process = subprocess.Popen(
                self.shop.command("rotate", "basic"),
                cwd=self.shop.root,
                env=self.shop.environ,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        while not (self.shop.root / "hooks/hanging").exists():
            with suppress(subprocess.TimeoutExpired):
                raise AssertionError(f"it ended with {self.process.wait(0.05)}")
        return self.process

    def __exit__(self, *_: object) -> None:
        self.process.wait(30)
        with suppress(ProcessLookupError):
            os.kill(int((self.shop.root / "hooks/hanging").read_text()), signal.SIGKILL)


def test_nothing_begins_where_the_current_password_is_refused(shop: Deployment, demo: Demo) -> None:
    """With another password in .env no hook is called, and nothing is left behind."""
    shop.write(".env", f"{VARIABLE}=wrong-as-can-be\n")
    declare(shop, hooks(shop))
    done = shop.told("rotate", "basic")
    assert done.code == 3, done.output
    assert done.output.startswith(f"nothing was changed: ACCOUNT: login of {BASIC} was not accepted")
    assert not list(shop.root.glob("hooks/*.count"))
    assert (signs_in(demo, demo.password), shop.recoveries()) == (True, [])


def test_nothing_begins_where_both_passwords_could_not_be_kept(shop: Deployment, demo: Demo) -> None:
    """Where the state folder cannot be written, no password is changed."""
    declare(shop)
    shop.write("state", "a file, not a folder")
    done = shop.told("rotate", "basic")
    assert (done.code, "nothing was changed: " in done.output) == (3, True), done.output
    assert signs_in(demo, demo.password)


def test_an_application_that_refuses_the_change_keeps_the_old_password(shop: Deployment, demo: Demo) -> None:
    """A request for the change that is answered with an error leaves everything as it was."""
    declare(shop, REQUEST.replace('"{old}"', '"not {old}"'))
    done = shop.told("rotate", "basic")
    assert (done.code, "failed: PUT /api/v1/auth/password answered 403" in done.output) == (1, True), done.output
    assert (in_dotenv(shop), signs_in(demo, demo.password)) == (demo.password, True)


def test_a_day_that_was_never_written_is_added(shop: Deployment) -> None:
    """An account without password_set gets one below its password."""
    declare(shop)
    shop.write(SUITE, re.sub(r" *password_set.*\n", "", shop.text(SUITE)))
    before = shop.text(SUITE)
    assert shop.told("rotate", "basic").code == 0
    line = f"    password: {VARIABLE}\n"
    assert shop.text(SUITE) == before.replace(line, f"{line}    password_set: {days_ago(0)}\n")


def test_a_layout_that_cannot_be_edited_is_left_alone(shop: Deployment) -> None:
    """Where two accounts stand in one line nothing is guessed: the day is told, to be written by hand."""
    declare(shop)
    account = f"{{user: {BASIC}, role: basic, password: {VARIABLE}, password_set: {OLD_DAY}, rotation: "
    change = "{request: PUT /api/v1/auth/password, body: {current_password: '{old}', new_password: '{new}'}"
    other = f"more: {{user: x, role: y, password: X, password_set: {OLD_DAY}}}"
    head, login = shop.text(SUITE).partition("accounts:")[0], shop.text(SUITE).partition("\nlogin:")[2]
    shop.write(SUITE, f"{head}accounts: {{basic: {account}{change}, store: dotenv}}}}, {other}}}\nlogin:{login}")
    before = shop.text(SUITE)
    done = shop.told("rotate", "basic")
    assert done.code == 0, done.output
    assert f"write password_set: {days_ago(0)} into basic yourself" in done.output
    assert shop.text(SUITE) == before


OTHER = f"""\
  other:
    user: other@shop.example
    role: basic
    password: {VARIABLE}
"""


def test_a_shared_password_is_not_rotated(closed: Deployment) -> None:
    """Another account that has the same variable would be locked out."""
    declare(closed)
    closed.write(SUITE, closed.text(SUITE).replace("accounts:\n", f"accounts:\n{OTHER}"))
    done = closed.told("rotate", "basic")
    assert (done.code, f"{VARIABLE} is the password of other@shop.example too" in done.output) == (2, True)


def test_a_password_in_the_environment_is_not_rotated_in_dotenv(shop: Deployment, demo: Demo) -> None:
    """What is exported beats .env: the new password there would never be used."""
    declare(shop)
    done = shop.told("rotate", "basic", **{VARIABLE: demo.password})
    assert (done.code, f"{VARIABLE}: is set in the environment, which beats .env" in done.output) == (2, True)
    assert signs_in(demo, demo.password)


def test_the_embedded_application_is_not_rotated(closed: Deployment) -> None:
    """Its passwords end with it, and one of them in .env would be of no use to anybody."""
    declare(closed)
    closed.write(SUITE, closed.text(SUITE).replace(f"'{closed.base_url}'", "embedded:betterprompts"))
    done = closed.told("rotate", "basic")
    assert (done.code, "makes its passwords anew at each start" in done.output) == (2, True), done.output


@pytest.mark.parametrize(
    ("rotation", "told"),
    [
        ("  change: [program]\n", "accounts.basic.rotation.store: is required and missing"),
        ("  change: []\n  store: dotenv\n", "accounts.basic.rotation.change: "),
        (
            REQUEST.replace("PUT", "GET"),
            "line 13, accounts.basic.rotation.request: what changes a password is POST, PUT or",
        ),
        (REQUEST.replace("{new}", "{knew}"), "line 14, accounts.basic.rotation.body: body has no {new}"),
        (
            REQUEST + "  change: [program]\n",
            "line 12, accounts.basic.rotation: a rotation has either change, a command, or",
        ),
    ],
    ids=["no store", "no command", "reads", "no new password", "two ways"],
)
def test_a_wrong_rotation_is_told(closed: Deployment, rotation: str, told: str) -> None:
    """File, line, key and what is wrong, with exit code 2, before anything is asked."""
    declare(closed, rotation)
    done = closed.told("rotate", "basic")
    assert (done.code, told in done.output) == (2, True), done.output


def test_what_destroys_does_not_change_a_password_either(closed: Deployment) -> None:
    """A request that suite.yaml forbids to everybody is not sent by a rotation."""
    declare(closed)
    closed.write(SUITE, closed.text(SUITE) + "destructive: [PUT /api/v1/auth/*]\n")
    done = closed.told("rotate", "basic")
    assert (done.code, "PUT /api/v1/auth/password is destructive" in done.output) == (2, True)


def test_new_passwords_have_every_class() -> None:
    """Whatever a policy asks for is there: length and letters, digits and symbols; and no two are alike."""
    made = [new_password().reveal() for _ in range(200)]
    assert {len(text) for text in made} == {LENGTH}
    assert max(24, SHORTEST_PASSWORD) <= LENGTH
    assert all(set(each) & set(text) for each in CLASSES for text in made)
    assert len(set(made)) == len(made)
    assert str(new_password()) == "***"


@pytest.mark.parametrize(("mode", "warned"), [(0o644, True), (0o640, True), (0o600, False)])
def test_a_dotenv_that_others_can_read_is_told(shop: Deployment, mode: int, warned: bool) -> None:
    """One line says so and what to do; its mode stays as it was."""
    declare(shop)
    (shop.root / ".env").chmod(mode)
    done = shop.told("rotate", "basic")
    told = f"warning: others on this machine can read .env (mode {mode:o}); chmod 600 it"
    assert (done.code, told in done.output.splitlines()) == (0, warned)
    assert (shop.root / ".env").stat().st_mode & 0o777 == mode


def test_who_still_has_the_old_password_does_not_try_it(shop: Deployment, demo: Demo) -> None:
    """A run that read its environment before the rotation is told, instead of being refused."""
    declare(shop)
    assert shop.told("rotate", "basic").code == 0
    done = shop.told("check", **{VARIABLE: demo.password})
    assert done.code == 3
    assert re.search(r"its password was rotated at .* UTC, and this run has the old one; run again with", done.output)
    assert shop.told("check").line("basic signs") == f"basic signs in PASS {BASIC}"


def test_a_rotation_waits_for_the_run_that_has_the_account(shop: Deployment, demo: Demo) -> None:
    """It says which one, begins when that is over, and changes nothing before."""
    declare(shop)
    ledger = shop.root / "state" / "smoke-harness" / "accounts.db"
    held = open_broker(origin=demo.base_url, users=(BASIC,), run_id="other", left_s=60, path=ledger)
    with held as other, other.lease(BASIC):
        environ = {name: value for name, value in shop.environ.items() if name != "SMOKE_STATE"}
        process = subprocess.Popen(
            shop.command("rotate", "basic"), cwd=shop.root, env=environ, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        said = process.stdout.readline()
        assert signs_in(demo, demo.password)
        assert in_dotenv(shop) == demo.password
    rest = process.communicate(timeout=60)[0]
    assert re.match(rf"waiting up to \d+ s for the account {BASIC}: run other \(process ", said)
    assert (process.returncode, f"ROTATED {BASIC}" in rest.splitlines()) == (0, True)

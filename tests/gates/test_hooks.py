"""A hook is run once, for a bounded time, told what it is for, and says nothing of its secrets."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from smoke.config.gates import GitHubEvent, Hook, Hooks
from smoke.gates import outputs
from smoke.gates.acting import Deed, Means, act, key_of
from smoke.gates.decision import Decision, Part, PartName, brief
from smoke.gates.hooks import Order, run_hook
from smoke.history.opening import history_file
from smoke.model import Action, Outcome

SECRET = "gh-token-5u7k2p9x"
ORDER = Order(key="shop/production/b2/rollback", payload={"reason": "it broke"}, variables={"SMOKE_GATE_BUILD": "b2"})


def python(code: str, **more) -> Hook:
    return Hook(command=(sys.executable, "-c", code), **more)


def ran(hook: Hook, folder: Path, **environ: str):
    return run_hook(hook, ORDER, {**os.environ, **environ}, folder)


def test_a_command_knows_what_it_is_for(tmp_path):
    told = "os.environ['SMOKE_GATE_BUILD'], json.loads(os.environ['SMOKE_GATE_DECISION'])['reason']"
    code = f"import os, json; print({told})"
    result = ran(python(code), tmp_path)
    assert (result.ok, result.detail) == (True, f"{sys.executable} exited with 0: b2 it broke")


@pytest.mark.parametrize(
    ("code", "told"), [("raise SystemExit(3)", "exited with 3"), ("while True: pass", "did not end within 0.5 s")]
)
def test_a_command_that_fails_or_hangs_is_told(tmp_path, code, told):
    result = ran(python(code, timeout_s=0.5), tmp_path)
    assert not result.ok
    assert told in result.detail


def test_a_command_that_is_not_there_is_told(tmp_path):
    assert not ran(Hook(command=("./no-such-thing",)), tmp_path).ok


def test_what_a_command_prints_of_a_secret_is_masked(tmp_path):
    result = ran(python("import os; print(os.environ['DEPLOY_TOKEN'])"), tmp_path, DEPLOY_TOKEN=SECRET)
    assert result.ok
    assert SECRET not in result.detail


def test_a_webhook_gets_the_decision_and_a_key_to_know_it_again(tmp_path, httpserver: HTTPServer):
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        return Response("rolling back", 202)

    httpserver.expect_request("/rollback", method="POST").respond_with_handler(answer)
    result = ran(Hook(webhook="$ROLLBACK_URL"), tmp_path, ROLLBACK_URL=httpserver.url_for("/rollback"))
    assert (result.ok, result.detail) == (True, "answered 202: rolling back")
    assert asked[0].get_json() == {"reason": "it broke"}
    assert asked[0].headers["Idempotency-Key"] == ORDER.key


def test_a_webhook_that_answers_a_byte_at_a_time_is_bounded_too(tmp_path):
    with dripping() as url:
        begun = time.monotonic()
        result = ran(Hook(webhook=url, timeout_s=0.5), tmp_path)
    assert (result.ok, result.detail) == (False, f"POST {url} answers within 0.5 s")
    assert time.monotonic() - begun < 30  # the drops would last for minutes


@contextmanager
def dripping() -> Iterator[str]:
    """A server whose answer never ends, though something of it comes all the time."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            with suppress(OSError):
                while not over.wait(0.1):
                    self.wfile.write(b"x")

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/rollback"
        over.set()
        server.shutdown()


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_refuses_is_not_asked_again(tmp_path, httpserver: HTTPServer, status):
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        return Response("", status, headers={"Location": "/elsewhere"})

    httpserver.expect_request("/rollback").respond_with_handler(answer)
    result = ran(Hook(webhook=httpserver.url_for("/rollback")), tmp_path)
    assert (result.ok, result.detail, len(asked)) == (False, f"answered {status}", 1)


def test_a_variable_that_is_not_set_is_named(tmp_path):
    result = ran(Hook(webhook="$NO_SUCH_ROLLBACK_URL"), tmp_path)
    told = "LookupError: NO_SUCH_ROLLBACK_URL is not set: set it in the environment or in .env"
    assert (result.ok, result.detail) == (False, told)


def test_github_gets_an_event_with_the_decision(tmp_path, httpserver: HTTPServer):
    httpserver.expect_oneshot_request(
        "/repos/acme/shop/dispatches",
        method="POST",
        headers={"Authorization": f"Bearer {SECRET}", "Accept": "application/vnd.github+json"},
        json={"event_type": "smoke-rollback", "client_payload": {"key": ORDER.key, "decision": {"reason": "it broke"}}},
    ).respond_with_data("", 204)
    event = GitHubEvent(repository="acme/shop", event="smoke-rollback", api=httpserver.url_for("").rstrip("/"))
    assert ran(Hook(github=event), tmp_path, GITHUB_TOKEN=SECRET).detail == "answered 204"


def decision(action: Action = Action.ROLLBACK) -> Decision:
    return Decision(
        point="canary-5",
        outcome=Outcome.FAIL,
        passed=False,
        action=action,
        severity="high",
        failed_category=None,
        reason="it broke",
        parts=(),
    )


def means(folder: Path, hook: Hook | None, build: str | None = "b2") -> Means:
    return Means(
        suite="shop",
        environment="production",
        build=build,
        hooks=Hooks(rollback=hook),
        environ=os.environ,
        folder=folder,
        store=history_file(folder / "history.db"),
    )


def test_an_action_is_done_once_for_a_build_and_again_for_another(tmp_path):
    there = means(tmp_path, python("open('done', 'a').write('x')"))
    deeds = [act(decision(), there, {}).deed for _ in range(3)]
    assert deeds == [Deed.DONE, Deed.BEFORE, Deed.BEFORE]
    other = act(decision(), means(tmp_path, python("open('done', 'a').write('x')"), build="b3"), {})
    assert other.deed is Deed.DONE
    assert (tmp_path / "done").read_text() == "xx"


def test_a_long_answer_of_a_broken_build_does_not_keep_its_rollback_from_being_run(tmp_path):
    """A system takes no variable above 128 KiB, GitHub no event above 64 KB, and neither takes a NUL."""
    said = "\0" + "\N{SNOWMAN}" * 300_000
    part = Part(name=PartName.CHECKS, outcome=Outcome.FAIL, sentence=said, on_failure=Action.ROLLBACK)
    told = brief(replace(decision(), reason=said, parts=(part,) * len(PartName)))
    whole = outputs.payload(told, "shop", "production", "b2")
    acted = act(told, means(tmp_path, python("open('done', 'w')")), whole)
    assert (acted.deed, (tmp_path / "done").exists()) == (Deed.DONE, True), acted.sentence
    assert len(json.dumps(whole)) < 64_000
    assert told.reason == f" {'☃' * 998}…"


def test_people_are_called_again_for_the_same_build_after_an_hour(tmp_path):
    """Two failed rollbacks to one good build are two outages."""
    there = means(tmp_path, None)
    keys = [key_of(Action.ESCALATE, there, now) for now in (0.0, 3599.0, 3600.0)]
    assert keys[0] == keys[1] != keys[2]
    assert key_of(Action.ROLLBACK, there, 0.0) == key_of(Action.ROLLBACK, there, 1e9)


def test_an_action_whose_end_nobody_knows_is_not_begun_again(tmp_path):
    """As after a power cut: it was noted as begun, and never as ended."""
    there = means(tmp_path, python("raise KeyboardInterrupt"))
    act(decision(), there, {})
    with there.store.writing() as db:
        db.execute("UPDATE actions SET ended = NULL, ok = NULL")
    again = act(decision(), there, {})
    assert again.deed is Deed.BEFORE
    assert "nobody knows how it ended" in again.sentence


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_who_interrupts_a_gate_does_not_stop_its_hook_halfway(tmp_path, told):
    before = signal.signal(told, signal.default_int_handler)
    code = f"import os, time; os.kill(os.getppid(), {int(told)}); time.sleep(0.5); open('done', 'w')"
    there = means(tmp_path, python(code))
    try:
        with pytest.raises(KeyboardInterrupt):
            act(decision(), there, {})
    finally:
        signal.signal(told, before)
    assert (tmp_path / "done").exists()
    assert act(decision(), there, {}).sentence.endswith("already and done: it is not run again")


def test_a_hook_that_did_it_is_done_though_nobody_could_note_that(tmp_path):
    """Whoever read that it failed would roll back a second time."""
    spoil = "import pathlib; [each.unlink() for each in pathlib.Path('.').glob('history.db*')]; "
    spoil += "pathlib.Path('history.db').write_bytes(b'no database' * 100)"
    acted = act(decision(), means(tmp_path, python(spoil)), {})
    assert acted.deed is Deed.DONE
    assert "; that was not recorded: " in acted.sentence


def test_where_nothing_can_be_noted_nothing_is_done(tmp_path):
    (tmp_path / "history.db").write_bytes(b"this is no database" * 100)
    acted = act(decision(), means(tmp_path, python("open('done', 'w')")), {})
    assert acted.deed is Deed.FAILED
    assert not (tmp_path / "done").exists()


def test_without_a_build_nothing_is_done_since_it_might_be_the_second_time(tmp_path):
    acted = act(decision(), means(tmp_path, python("open('done', 'w')"), build=None), {})
    assert (acted.deed, (tmp_path / "done").exists()) == (Deed.FAILED, False)


def test_without_a_hook_the_pipeline_must_act(tmp_path):
    acted = act(decision(), means(tmp_path, None), {})
    assert (acted.deed, "the pipeline must" in acted.sentence) == (Deed.NONE, True)
    assert json.dumps(acted.deed) == '"none"'

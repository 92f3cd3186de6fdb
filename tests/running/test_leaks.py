"""A secret that a page, a journey or a server spreads everywhere is nowhere in what a run leaves or prints."""

from __future__ import annotations

import base64
import gzip
import html
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from playwright.sync_api import Browser
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from smoke.running.camera import MASKED_FIELDS, SHOWN, Camera
from smoke.running.record import Record
from smoke.secrets.secret import Scrubber
from tests.support import warm
from tests.support.project import a_suite

pytestmark = pytest.mark.browser

CANARY = 'C4nary&<"pass word"/+é'
SUITE = """\
title: Shop
environments:
  local: {base_url: "%s", timeout_ms: 3000}
accounts:
  ann: {user: ann@shop.example, role: basic, password: SHOP_PASSWORD}
login: {basic: true}
"""
CHECKS = """\
probes:
  - id: shop.echo
    title: The echo is short
    category: critical-paths
    account: ann
    request: GET /echo
    expect: {status: 200, lacks: [pass], json: {said: {equals: nothing}}}
"""
JOURNEY = '''
import logging
import os
import allure
from smoke.running.checks import check

@check("shop.home", category="critical-paths", account="ann", permits=["POST /echo"])
def test_home(page, journey):
    """The homepage keeps a secret."""
    secret = journey.account.password.reveal()
    page.goto("./")
    page.get_by_label("Password").fill(secret)
    page.evaluate("""async secret => {
      document.body.append(secret);
      document.title = secret;
      localStorage.secret = secret;
      document.cookie = 'secret=' + encodeURIComponent(secret);
      console.error('error of ' + secret);
      setTimeout(() => { throw new Error('thrown ' + secret) });
      await fetch('/echo?said=' + encodeURIComponent(secret), {method: 'POST', body: new URLSearchParams({secret}),
        headers: {'X-Secret': btoa(unescape(encodeURIComponent(secret)))}});
      await fetch('/missing/' + encodeURIComponent(secret));
    }""", secret)
    with journey.step("a step that names " + secret):
        allure.attach(secret, "attached " + secret)
        logging.getLogger("shop").warning("logged %s", secret)
        print("printed " + secret)
        os.makedirs("reports/attempts", exist_ok=True)
        open("reports/attempts/note.txt", "w").write(secret)
    assert page.title() == "Shop", "the title is " + secret
'''


FIRST_SID, SID, ADMIN_SID = "F1rstSessionValue", "Sec0ndSessionValue", "Adm1nSessionValue"
CSRF, ACCESS, UPPER, SLASHED = "Csrf0fTheForm123", "T0kenOfAccess123456", "UpperT0ken123456", "SecondHalfOfIt99"
TOKENS = f'{{"access_token":"{ACCESS}","AccessToken":"{UPPER}","refresh_token":"abc\\/{SLASHED}"}}'
GIVEN = '''
from smoke.running.checks import check

@check("shop.given", category="critical-paths")
def test_given(page, journey):
    """The server gives secrets."""
    page.goto("./login")
    page.evaluate("""async () => {
      const {access_token} = await (await fetch('/token')).json();
      await fetch('/?page=1', {headers: {'X-Auth-Token': access_token}});
      await fetch('/missing?access_token=' + access_token);
      console.error('got ' + access_token + document.querySelector('[type=hidden]').value);
    }""")
    page.goto("./")
    assert not journey.context.cookies(page.url + "admin/")
'''
CUT = '''
from smoke.running.checks import check

@check("shop.home", category="critical-paths", account="ann")
def test_home(page, journey):
    """The homepage opens."""
    page.goto("./")
    for length in (480, 485, 490):
        page.evaluate("""([length, secret]) => {
          console.error('x'.repeat(length) + secret);
          setTimeout(() => { throw new Error('x'.repeat(length) + secret) });
        }""", [length, journey.account.password.reveal()])
    page.wait_for_function("new Promise(done => setTimeout(() => done(true)))")
'''
CHECKS_CUT = "probes:" + "".join(
    f"""
  - id: shop.cut{length}
    title: The echo is short
    category: critical-paths
    account: ann
    request: GET /long?length={length}
    expect: {{status: 200, contains: [nothing], json: {{said: {{equals: nothing}}}}}}"""
    for length in (40, 140, 155, 160, 165, 175, 180, 185, 190)
)
PASSING = '''

@check("shop.passes", category="critical-paths", account="ann")
def test_passes(page, journey):
    """The homepage opens once more."""
    page.goto("./")
    page.evaluate("secret => { document.title = secret }", journey.account.password.reveal())
'''
DYING = '''

@check("shop.later", category="critical-paths")
def test_later(page):
    """It does not get far."""
    page.goto("./")
    %s
'''


def forms(secret: str) -> Iterator[bytes]:
    """Yield every way in which the canary could have been written."""
    yield secret.encode()
    yield quote(secret, safe="").encode()
    yield quote_plus(secret).encode()
    yield json.dumps(secret).encode()[1:-1]
    yield json.dumps(secret, ensure_ascii=False).encode()[1:-1]
    yield html.escape(secret).encode()
    yield base64.b64encode(secret.encode())[:-4]
    yield base64.b64encode(f"ann@shop.example:{secret}".encode())[24:-4]


def everything(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every file, unpacked recursively."""
    for path in (folder, *folder.rglob("*")):
        if path.is_file():
            yield from unpacked(str(path.relative_to(folder.parent)), path.read_bytes(), path)


def unpacked(name: str, data: bytes, path: Path | None = None) -> Iterator[tuple[str, bytes]]:
    yield name, data + name.encode()
    if path and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.namelist():
                yield from unpacked(f"{name}!{entry}", archive.read(entry))
    elif data.startswith(b"\x1f\x8b"):
        yield from unpacked(f"{name}!", gzip.decompress(data))


@dataclass(frozen=True)
class Finished:
    """A run that ended, and what it left below its project's folder, unpacked."""

    code: int
    said: bytes
    left: dict[str, bytes]

    def holds(self, *secrets: bytes) -> list[tuple[str, bytes]]:
        """Tell where any of ``secrets`` stands in what was left or printed."""
        return [
            (name, secret)
            for name, data in {**self.left, "printed": self.said}.items()
            for secret in secrets
            if secret in data
        ]


def run(
    folder: Path, address: str, *options: str, journey: str = JOURNEY, checks: str = "", **environ: str
) -> Finished:
    """Run a suite of one file of journeys against ``address``."""
    (folder / "tmp").mkdir()
    a_suite(folder, SUITE % address, checks, test_home=journey)
    ours = {"SHOP_PASSWORD": CANARY, "TMPDIR": str(folder / "tmp"), "SMOKE_STATE": str(folder / "state")}
    given = {**os.environ, **ours, **environ}
    done = warm.smoke("run", "--json", *options, cwd=folder, environ=given)
    places = [each for each in folder.iterdir() if each.name not in {"config", "e2e"}]
    left = dict(pair for place in places for pair in everything(place))
    return Finished(done.returncode, (done.stdout + done.stderr).encode(), left)


def echo(request: Request) -> Response:
    said = request.values.get("said") or request.headers.get("Authorization", "")
    return Response(json.dumps({"said": said, "pass": CANARY}), content_type="application/json")


def long(request: Request) -> Response:
    said = "x" * int(request.args["length"]) + "Corr3ctHorseBatteryStaple"
    return Response(json.dumps({"said": said}), content_type="application/json")


@pytest.fixture
def address(httpserver: HTTPServer) -> str:
    """Address of such a shop."""
    return spreading(httpserver)


def spreading(httpserver: HTTPServer) -> str:
    """Let a server be a shop that repeats what it hears, and gives out secrets of its own; return its address."""
    page = '<!doctype html><title>Shop</title><label>Password <input type="password"></label>'
    httpserver.expect_request("/").respond_with_data(page, content_type="text/html")
    httpserver.expect_request("/favicon.ico").respond_with_data("")
    httpserver.expect_request("/echo").respond_with_handler(echo)
    httpserver.expect_request("/long").respond_with_handler(long)
    httpserver.expect_request("/login").respond_with_response(
        Response("", 302, headers={"Location": "/admin/", "Set-Cookie": f"sid={FIRST_SID}; Path=/; HttpOnly"})
    )
    httpserver.expect_request("/admin/").respond_with_response(signed_in())
    httpserver.expect_request("/token").respond_with_data(TOKENS, content_type="application/json")
    return httpserver.url_for("").rstrip("/")


def signed_in() -> Response:
    form = f"<!doctype html><title>Shop</title>Shop<form><input type=hidden name=csrf_token value={CSRF}></form>"
    answer = Response(form, content_type="text/html")
    answer.headers.add("Set-Cookie", f"sid={SID}; Path=/; HttpOnly")
    answer.headers.add("Set-Cookie", f"admin={ADMIN_SID}; Path=/admin; HttpOnly")
    return answer


@pytest.fixture(scope="module", params=[(), ("--", "--tracing", "on")], ids=["as usual", "traced"])
def spread(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """What is left of a run that is given secrets and spreads its own."""
    folder, journeys = tmp_path_factory.mktemp("leaks"), JOURNEY + GIVEN
    with HTTPServer(threaded=True) as server:
        done = run(folder, spreading(server), *request.param, journey=journeys, checks=CHECKS)
    assert done.code == 1, done.said.decode()
    for name in ("home", "given"):
        assert any(f"shop.{name}" in each and each.endswith("trace.network") for each in done.left), (
            "its trace was kept"
        )
    return done


def test_no_form_of_a_secret_is_left_or_printed(spread: Finished) -> None:
    """Query, body, header, cookie, storage, page, console, errors, logs, steps, attachments, files: zero bytes."""
    assert any("note.txt" in name for name in spread.left), spread.said.decode()
    assert spread.holds(*forms(CANARY)) == []


def test_secrets_that_the_server_gives_are_left_nowhere(spread: Finished) -> None:
    """Cookies of any path, origin and redirect, tokens of headers, queries, bodies and forms."""
    given = (FIRST_SID, SID, ADMIN_SID, CSRF, ACCESS, UPPER, SLASHED)
    assert spread.holds(*(secret.encode() for secret in given)) == []


def test_what_was_cut_off_holds_no_part_of_a_secret(address: str, tmp_path: Path) -> None:
    """A console line, an error and an answer that are cut in the middle of a secret."""
    secret = "Corr3ctHorseBatteryStaple"
    done = run(tmp_path, address, journey=CUT, checks=CHECKS_CUT, SHOP_PASSWORD=secret)
    assert done.code == 1, done.said.decode()
    assert any(name.endswith("console.txt") for name in done.left)
    assert done.holds(secret[:6].encode()) == []


@pytest.mark.long
def test_what_pytest_writes_elsewhere_is_swept_too(address: str, tmp_path: Path) -> None:
    """Its own report and log, Allure's and Playwright's folders, and what journeys print without its capture."""
    options = ["-s", "--junitxml=mine/j.xml", "-o", "junit_logging=all", "--log-file=mine/log.txt"]
    options += ["--alluredir=mine/allure", "--output=mine/output", "--tracing=on"]
    done = run(tmp_path, address, "--", *options, journey=JOURNEY + PASSING)
    assert done.code == 1, done.said.decode()
    places = {Path(name).parts[1] for name in done.left if name.startswith("mine/")}
    assert places == {"j.xml", "log.txt", "allure", "output"}
    assert b"printed ***" in done.said
    assert done.holds(*forms(CANARY)) == []


@pytest.mark.long
def test_plain_pytest_sweeps_what_it_writes_too(address: str, tmp_path: Path) -> None:
    """Without `smoke run`, as far as pytest lets us."""
    run(tmp_path, address, "--check", "nothing", journey=JOURNEY + PASSING)
    options = ["-s", "-l", "--junitxml=j.xml", "--log-file=log.txt", "--alluredir=allure", "--tracing=on"]
    command = [sys.executable, "-m", "pytest", "e2e", *options]
    environ = {**os.environ, "SHOP_PASSWORD": CANARY, "TMPDIR": str(tmp_path / "tmp")}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, timeout=90, check=False)
    assert b"smoke: FAIL" in done.stdout, done.stdout.decode()
    places = ("j.xml", "log.txt", "allure", "test-results", "reports", "tmp")
    left = dict(pair for name in places for pair in everything(tmp_path / name))
    assert {name.split("/")[0] for name in left} >= {"j.xml", "log.txt", "allure", "test-results", "reports"}
    assert Finished(1, done.stdout + done.stderr, left).holds(*forms(CANARY)) == []


@pytest.mark.parametrize("end", ["os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_a_run_that_dies_leaves_nothing_unswept(end: str, address: str, tmp_path: Path) -> None:
    """Neither below its reports nor in the system's temporary folder."""
    ours = JOURNEY.replace(
        'open("reports/', 'open(os.devnull) or ("'
    )  # what a journey writes there by itself is its own
    done = run(tmp_path, address, "--", "--tracing", "on", journey=ours + DYING % end)
    assert done.code == 3, done.said.decode()
    assert done.holds(*forms(CANARY)) == []
    assert [each for each in (tmp_path / "tmp").iterdir() if each.name.startswith("smoke-")] == []


@pytest.mark.parametrize("option", [("--screenshot", "on"), ("--screenshot=only-on-failure",)])
def test_pictures_of_another_are_refused(option: tuple[str, ...], address: str, tmp_path: Path) -> None:
    """They would show what ours mask."""
    done = run(tmp_path, address, "--", *option)
    assert (done.code, b"--screenshot: " in done.said) == (2, True), done.said.decode()


@pytest.mark.parametrize("where", ["suite.yaml", "--base-url", "SHOP_URL"])
def test_an_address_with_a_password_is_refused(where: str, tmp_path: Path) -> None:
    """Wherever it is written, with the way out, and without telling it."""
    address = "http://ann:hunter2pass@127.0.0.1:9"
    match where:
        case "suite.yaml":
            done = run(tmp_path, address)
        case "SHOP_URL":
            done = run(tmp_path, "$SHOP_URL", SHOP_URL=address)
        case _:
            done = run(tmp_path, "http://127.0.0.1:9", "--base-url", address)
    assert done.code == 2, done.said.decode()
    assert b"declare an account" in done.said
    assert done.holds(b"hunter2pass") == []


@pytest.mark.parametrize(
    "put",
    [
        "document.body.append(secret)",
        "document.body.attachShadow({mode: 'open'}).innerHTML = `<p>${secret}</p>`",
        "document.body.innerHTML = `<input placeholder='${secret}'>`",
        "document.body.innerHTML = `<input>`; document.querySelector('input').value = secret",
        "document.body.innerHTML = `<style>p::before { content: '${secret}' }</style><p></p>`",
        "document.body.innerHTML = `<style>p::after { content: attr(title) }</style><p title='${secret}'></p>`",
        "document.body.innerHTML = `<select><option>a<option>${secret}</select>`",
        "document.body.innerHTML = `<svg><text>${secret}</text></svg>`",
        "document.body.attachShadow({mode: 'open'}).innerHTML = `<input value='${secret}'>`",
    ],
)
def test_whatever_a_picture_would_show_is_looked_at(put: str, chrome: Browser) -> None:
    """A secret is seen wherever the page has it, but for fields that are masked."""
    page = chrome.new_page()
    page.evaluate(f"secret => {{ {put} }}", "S3cretOfThePage")
    assert "S3cretOfThePage" in page.evaluate(SHOWN)
    page.set_content("<input type=password value=S3cretOfThePage>")
    assert page.locator(MASKED_FIELDS).count() == 1
    assert "S3cretOfThePage" not in page.evaluate(SHOWN)
    page.close()


@pytest.mark.parametrize("around", [(), ("iframe",), ("iframe", "iframe")], ids=["a page", "a frame", "within another"])
def test_a_picture_hides_what_is_typed_wherever_the_field_is(around: tuple[str, ...], chrome: Browser) -> None:
    """A one-time code is no secret that is known before it is used: its field is covered, in a frame too."""

    def picture(code: str) -> bytes:
        shown = f"<input autocomplete=one-time-code value={code}>"
        for tag in around:
            shown = f"<{tag} srcdoc='{html.escape(shown)}'></{tag}>"
        page.set_content(shown)
        taken = camera.take("now")
        assert taken is not None
        assert taken.picture.covered == 1
        return taken.data

    with chrome.new_context() as context:
        page = context.new_page()
        camera = Camera(context, Scrubber(), Record(number=1), is_on=True)
        assert picture("111111") == picture("848484")

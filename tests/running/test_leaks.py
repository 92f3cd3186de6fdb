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
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.running.conftest import ROOT

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
    for path in folder.rglob("*"):
        if path.is_file():
            yield from unpacked(str(path.relative_to(folder)), path.read_bytes(), path)


def unpacked(name: str, data: bytes, path: Path | None = None) -> Iterator[tuple[str, bytes]]:
    yield name, data + name.encode()
    if path and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.namelist():
                yield from unpacked(f"{name}!{entry}", archive.read(entry))
    elif data.startswith(b"\x1f\x8b"):
        yield from unpacked(f"{name}!", gzip.decompress(data))


def echo(request: Request) -> Response:
    said = request.values.get("said") or request.headers.get("Authorization", "")
    return Response(json.dumps({"said": said, "pass": CANARY}), content_type="application/json")


@pytest.mark.parametrize("options", [(), ("--", "--tracing", "on", "--screenshot", "on")])
def test_no_form_of_a_secret_is_left_or_printed(
    options: tuple[str, ...], httpserver: HTTPServer, tmp_path: Path
) -> None:
    """Query, body, header, cookie, storage, page, console, errors, logs, steps, attachments, files: zero bytes."""
    page = '<!doctype html><title>Shop</title><label>Password <input type="password"></label>'
    httpserver.expect_request("/").respond_with_data(page, content_type="text/html")
    httpserver.expect_request("/favicon.ico").respond_with_data("")
    httpserver.expect_request("/echo").respond_with_handler(echo)
    suite, journeys = tmp_path / "config" / "suites" / "shop", tmp_path / "e2e" / "shop"
    suite.mkdir(parents=True)
    journeys.mkdir(parents=True)
    (tmp_path / "config" / "execution-points.yaml").write_text((ROOT / "config" / "execution-points.yaml").read_text())
    (suite / "suite.yaml").write_text(SUITE % httpserver.url_for("").rstrip("/"))
    (suite / "checks.yaml").write_text(CHECKS)
    (journeys / "test_home.py").write_text(JOURNEY)
    command = [sys.executable, "-m", "smoke", "run", "--json", *options]
    environ = {**os.environ, "SHOP_PASSWORD": CANARY}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, timeout=90, check=False)
    assert done.returncode == 1, done.stderr.decode()
    left = dict(everything(tmp_path / "reports"))
    assert any(name.endswith("trace.network") for name in left), "the trace was kept"
    assert any("note.txt" in name for name in left), done.stderr.decode()
    left |= {"stdout": done.stdout, "stderr": done.stderr}
    assert [(name, form) for name, data in left.items() for form in forms(CANARY) if form in data] == []

"""Draws docs/images/failures/<blame>.png: the top of the page about a check, for each kind of failure, by real runs."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import ViewportSize

from smoke.demo.breaks import Break
from smoke.demo.process import DemoProcess, start
from smoke.model import Blame
from tampering.defect import Asked, Defect, Memory, Reply
from tampering.proxy import proxies
from tests.support.chromium import chromium
from tests.support.loopback import certificate_in, with_certificate

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs/images/failures"
VIEWPORT = ViewportSize(width=1000, height=800)
AT_ONCE = 2
COLOURS = 256
ELSEWHERE = "http://betterprompts.invalid"
"""A name that never resolves (RFC 6761)."""
CHALLENGE = b"<!doctype html><title>Just a moment...</title><h1>Checking your browser</h1>"
NOT_FOUND = b"<!doctype html><title>404</title><h1>Not found</h1>"
HTML = ("Content-Type", "text/html")
WIDE_BAND = {"SMOKE_RUNNER_BAND": "10"}
"""What is made slow is called slow on a busy machine, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of failure, and how it comes about."""

    check: str
    breaks: tuple[Break, ...] = ()
    address: Callable[[str], AbstractContextManager[str]] = nullcontext
    """Where the run is sent, in the place of the application's own address."""
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Of files of the project: what stands there, and what comes into its place."""
    options: tuple[str, ...] = ()


@contextmanager
def silent(_: str) -> Iterator[str]:
    """Yield an address at which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


@contextmanager
def untrusted(_: str) -> Iterator[str]:
    """Yield the address of a server whose certificate nobody vouches for."""
    with tempfile.TemporaryDirectory() as folder:
        context = with_certificate(certificate_in(Path(folder)))
    with ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def elsewhere(_: str) -> Iterator[str]:
    """Yield an address whose name does not resolve."""
    yield ELSEWHERE


@contextmanager
def through(change: Callable[[Asked, Reply, Memory], Reply], url: str) -> Iterator[str]:
    """Yield the address of a proxy before ``url`` that changes answers."""
    with proxies(1, Defect(name="changed", done="", blames=frozenset(), change=change)) as proxy:
        proxy.upstream = {proxy.urls[0]: url}
        yield proxy.urls[0]


def challenged(url: str) -> AbstractContextManager[str]:
    """Put an edge before the application that takes us for a robot."""
    headers = (HTML, ("Server", "cloudflare"), ("cf-mitigated", "challenge"))
    return through(lambda _asked, _good, _memory: Reply(status=403, headers=headers, body=CHALLENGE), url)


def without_route(url: str) -> AbstractContextManager[str]:
    """Take the page to enhance prompts away."""
    gone = Reply(status=404, headers=(HTML,), body=NOT_FOUND)
    return through(lambda asked, good, _memory: gone if asked.path == "/enhance" else good, url)


ONLINE, OFFLINE = "ONLINE", "127.0.0.1:9"
"""Who is asked whether this runner has a network: a listener of ours, and the discard port, where nobody listens."""
SUITE = "config/suites/betterprompts/suite.yaml"
HOME = "e2e/betterprompts/test_homepage_load.py"
ENHANCE = "e2e/betterprompts/test_homepage_enhance.py"


def control(place: str) -> dict[str, tuple[str, str]]:
    """Ask ``place`` whether this runner has a network."""
    return {SUITE: ("    base_url: embedded\n", f'    base_url: embedded\n    controls: ["{place}"]\n')}


KINDS: Mapping[Blame, Kind] = {
    Blame.DNS: Kind(check="homepage.load", address=elsewhere, changes=control(ONLINE)),
    Blame.TCP: Kind(check="health.api", address=silent),
    Blame.TLS: Kind(check="homepage.load", address=untrusted),
    Blame.APP_5XX: Kind(check="login.basic", breaks=(Break.LOGIN_ERROR,)),
    Blame.APP_4XX: Kind(check="enhance.page", address=without_route),
    Blame.JS_ERROR: Kind(check="homepage.load", breaks=(Break.PAGE_ERROR,)),
    Blame.ASSERTION: Kind(check="homepage.enhance", breaks=(Break.MISSING_BUTTON,)),
    Blame.SLOW: Kind(check="homepage.load", breaks=(Break.SLOW,)),
    Blame.EDGE_BLOCKED: Kind(check="homepage.load", address=challenged),
    Blame.ACCOUNT: Kind(check="login.basic", breaks=(Break.LOGIN_REFUSED,)),
    Blame.STALE_BUILD: Kind(check="homepage.load", options=("--expect-build", "2026-11-21.4")),
    Blame.HARNESS: Kind(
        check="homepage.enhance",
        changes={ENHANCE: ('journey.target.texts["safe_prompt"]', 'journey.target.texts["safe"]')},
    ),
    Blame.RUNNER_OFFLINE: Kind(check="homepage.load", address=elsewhere, changes=control(OFFLINE)),
    Blame.SAFETY: Kind(
        check="homepage.enhance", changes={ENHANCE: ('["POST /api/v1/enhance"]', '["POST /api/v2/enhance"]')}
    ),
}
"""One for each blame, against the embedded application."""


def main() -> None:
    wanted = [Blame(name) for name in sys.argv[1:]] or list(KINDS)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(AT_ONCE) as pool:
        pages = pool.map(lambda blame: (blame, bad(Path(name, blame), KINDS[blame])), wanted)
        with chromium() as browser:
            for blame, failed in pages:
                page = browser.new_page(viewport=VIEWPORT)
                page.goto(failed.as_uri())
                page.screenshot(path=PICTURES / f"{blame}.png")
                lighten(PICTURES / f"{blame}.png")
                print(f"docs/images/failures/{blame}.png: {page.locator('h1').inner_text()}")
                page.close()


def lighten(picture: Path) -> None:
    """Leave in ``picture`` the colours that cover most of it, where Pillow is there to do it: a third of the size."""
    with contextlib.suppress(ModuleNotFoundError):
        from PIL import Image

        with Image.open(picture) as drawn:
            reduced = drawn.convert("RGB").quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            reduced.save(picture, optimize=True)


def bad(folder: Path, kind: Kind) -> Path:
    """Run the check of ``kind`` twice while all is well, for what a good run is like, and once broken."""
    with start() as demo, listening() as online:
        url = demo.base_urls["betterprompts"]
        for _ in range(2):
            run(folder, kind, demo, url)
        demo.set_breaks(kind.breaks)
        for file, (found, put) in kind.changes.items():
            path = folder / file
            path.write_text(path.read_text().replace(found, put.replace(ONLINE, online)))
        with kind.address(url) as address:
            run(folder, kind, demo, address, *kind.options)
    return folder / "reports/failures" / kind.check / "index.html"


def run(folder: Path, kind: Kind, demo: DemoProcess, address: str, *options: str) -> None:
    """Run the check of ``kind`` once, in a project of its own."""
    for part in ("config", "e2e", "page_objects"):
        if not (folder / part).exists():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "smoke", "run", "--check", kind.check, "--base-url", address, *options]
    own = {"PYTHONPATH": str(ROOT), "SMOKE_STATE": str(folder / "state")}
    environ = {**os.environ, **demo.environ, **WIDE_BAND, **own}
    subprocess.run(command, cwd=folder, env=environ, stdout=sys.stderr, check=False)


@contextmanager
def listening() -> Iterator[str]:
    """Yield host and port of somebody who can be reached."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


if __name__ == "__main__":
    main()

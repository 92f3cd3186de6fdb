"""What a run keeps from its target though nobody wrote it down: socket messages, telemetry, too many requests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from websockets.sync.server import ServerConnection, serve
from werkzeug import Request, Response

from tests.running.shop import Shop, run

pytestmark = pytest.mark.browser

SAY = """new Promise(end => {{
 const socket = new WebSocket('{url}/live'); socket.onclose = end;
 socket.onopen = () => {{ socket.send('hello'); socket.send('bye') }};
 socket.onmessage = event => {{ if (event.data === 'welcome') setTimeout(() => socket.close(), 200) }}
}}).then(() => 1)"""
FROM_WORKER = """new Promise(end => {{ const worker = new Worker(URL.createObjectURL(new Blob([`{say}.then(() =>
 postMessage(1))`]))); worker.onmessage = () => end(1) }})"""


@dataclass
class Live:
    """A server that greets whoever opens a WebSocket, and takes note of what it is told."""

    url: str = ""
    heard: list[str] = field(default_factory=list)

    def answer(self, socket: ServerConnection) -> None:
        socket.send("welcome")
        self.heard += [str(message) for message in socket]


@pytest.fixture
def live() -> Iterator[Live]:
    live = Live()
    with serve(live.answer, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        live.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        yield live
        server.shutdown()
        thread.join()


def said(live: Live, script: str) -> tuple[str, str]:
    """The step of a journey that lets its page speak to ``live``, and the environment that ``live`` belongs to."""
    return f'page.evaluate("""{script}""")', f', urls: {{live: "{live.url.replace("ws", "http")}"}}'


def test_a_page_says_nothing_on_a_socket_without_a_permit(shop: Shop, live: Live, tmp_path: Path) -> None:
    """It may open the socket and listen; what it sends is stopped, and the run fails as a breach of safety."""
    way, environment = said(live, SAY.format(url=live.url))
    code, verdict = run(tmp_path, shop, way, environment=environment)
    assert live.heard == []
    assert (code, verdict["checks"][0]["blame"]) == (1, "SAFETY"), verdict["checks"][0]["evidence"]
    assert verdict["safety"]["blocked"] == ["WS /live (shop.home)"] * 2


def test_a_page_says_on_a_socket_what_is_permitted(shop: Shop, live: Live, tmp_path: Path) -> None:
    """Each message goes through and is on the receipt."""
    way, environment = said(live, SAY.format(url=live.url))
    code, verdict = run(tmp_path, shop, way, ', "WS /live"', environment=environment)
    assert (code, live.heard) == (0, ["hello", "bye"]), verdict["checks"][0]["evidence"]
    made = [(each["method"], each["path"], each["count"]) for each in verdict["safety"]["mutations"]]
    assert made == [("WS", "/live", 2)]


def test_what_a_worker_says_on_a_socket_is_never_green(shop: Shop, live: Live, tmp_path: Path) -> None:
    """A worker's messages can only be seen, so they fail the run."""
    way, environment = said(live, FROM_WORKER.format(say=SAY.format(url=live.url)))
    code, verdict = run(tmp_path, shop, way, environment=environment)
    assert (code, verdict["checks"][0]["blame"]) == (1, "SAFETY"), verdict["checks"][0]["evidence"]


def test_telemetry_is_answered_in_its_place(shop: Shop, tmp_path: Path) -> None:
    """The page learns nothing, the product is told nothing, and the receipt says how often."""
    way = "assert page.evaluate(\"fetch('/tried', {method: 'PATCH'}).then(answer => answer.status)\") == 204"
    code, verdict = run(tmp_path, shop, way, suite='telemetry: ["PATCH /tried"]\n')
    assert (code, shop.writes) == (0, []), verdict["checks"][0]["evidence"]
    assert (verdict["safety"]["silenced"], verdict["safety"]["blocked"]) == (1, [])


def test_whoever_counts_visitors_is_never_reached(shop: Shop, httpserver: HTTPServer, tmp_path: Path) -> None:
    """Known hosts and those of the suite get nothing, without an error in the page."""
    counted: list[Request] = []
    httpserver.expect_request("/count").respond_with_handler(lambda request: counted.append(request) or Response("1"))
    there = shop.url.replace("localhost", "127.0.0.1")
    page = f"""<!doctype html><title>Counted</title><script src="{there}/count"></script>
<script src="https://www.google-analytics.com/analytics.js"></script><img alt="" src="{there}/count">
<script>fetch("{there}/count", {{method: "POST", credentials: "include"}}); // as a tracker does
navigator.sendBeacon("{there}/count")</script>"""
    httpserver.expect_request("/counted").respond_with_data(page, content_type="text/html")
    way = "page.goto('./counted', wait_until='load'); page.reload()"
    code, verdict = run(tmp_path, shop, way, suite="analytics: [127.0.0.1]\n")
    assert (code, counted) == (0, []), verdict["checks"][0]["evidence"]
    assert verdict["safety"]["silenced"] >= 8


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "advertised"])
def test_a_run_stays_below_its_share_of_a_rate_limit(
    declared: bool, shop: Shop, httpserver: HTTPServer, tmp_path: Path
) -> None:
    """The request too many is not sent; nothing is said of the application then."""
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        return Response("1", headers={} if declared else {"X-RateLimit-Limit": "20"})

    httpserver.expect_request("/api/list").respond_with_handler(answer)
    way = "page.evaluate(\"(async () => { for (let i = 0; i < 4; i++) await fetch('/api/list').catch(() => 0) })()\")"
    environment = ", rate_limits: {/api: 20/min}" if declared else ""
    code, verdict = run(tmp_path, shop, way, environment=environment)
    check = verdict["checks"][0]
    assert (code, check["outcome"], check["blame"], len(asked)) == (3, "INCONCLUSIVE", "HARNESS", 2), check["evidence"]
    assert "keeps within 10% of its rate limit of 20 requests" in check["evidence"][0]
    assert verdict["safety"]["rate_limit_peak"] == 0.1

"""What a run keeps from its target though nobody wrote it down: socket messages, telemetry, too many requests."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from websockets.sync.server import ServerConnection, serve
from werkzeug import Request, Response

from tests.running.shop import Shop, Way, check_of, run, run_many, serving

pytestmark = pytest.mark.browser

SAY = """new Promise(end => {{
 const socket = new WebSocket('{url}'); socket.onclose = end;
 socket.onopen = () => {{ socket.send('hello'); socket.send('bye') }};
 socket.onmessage = event => {{ if (event.data === 'welcome') setTimeout(() => socket.close(), 200) }}
}}).then(() => 1)"""
FROM_WORKER = """new Promise(end => {{ const worker = new Worker(URL.createObjectURL(new Blob([`{say}.then(() =>
 postMessage(1))`]))); worker.onmessage = () => end(1) }})"""


@dataclass
class Live:
    """A server that greets whoever opens a WebSocket, and takes note of what it is told, by path."""

    url: str = ""
    heard: dict[str, list[str]] = field(default_factory=dict)

    def answer(self, socket: ServerConnection) -> None:
        assert socket.request
        heard = self.heard.setdefault(socket.request.path, [])
        socket.send("welcome")
        heard += [str(message) for message in socket]


@contextmanager
def living() -> Iterator[Live]:
    """Let such a server live."""
    live = Live()
    with serve(live.answer, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        live.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        yield live
        server.shutdown()
        thread.join()


Spoken = tuple[dict[str, Any], dict[str, list[str]]]


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Spoken:
    """What is told of one run of three journeys that speak to a server, and what it heard."""
    with living() as live, serving() as (_, shop):
        say = {name: SAY.format(url=f"{live.url}/{name}") for name in ("forbidden", "permitted", "worker")}
        ways = {
            "forbidden": Way(f'page.evaluate("""{say["forbidden"]}""")'),
            "permitted": Way(f'page.evaluate("""{say["permitted"]}""")', ', "WS /permitted"'),
            "worker": Way(f'page.evaluate("""{FROM_WORKER.format(say=say["worker"])}""")'),
        }
        environment = f', urls: {{live: "{live.url.replace("ws", "http")}"}}'
        code, verdict = run_many(tmp_path_factory.mktemp("spoken"), shop, ways, environment=environment)
        assert code == 1, verdict["reason"]
        return verdict, live.heard


def test_a_page_says_nothing_on_a_socket_without_a_permit(spoken: Spoken) -> None:
    """It may open the socket and listen; what it sends is stopped, and the run fails as a breach of safety."""
    verdict, heard = spoken
    check = check_of(verdict, "forbidden")
    assert heard["/forbidden"] == []
    assert (check["outcome"], check["blame"]) == ("FAIL", "SAFETY"), check["evidence"]
    blocked = [each for each in verdict["safety"]["blocked"] if check["id"] in each]
    assert blocked == [f"WS /forbidden ({check['id']})"] * 2


def test_a_page_says_on_a_socket_what_is_permitted(spoken: Spoken) -> None:
    """Each message goes through and is on the receipt."""
    verdict, heard = spoken
    check = check_of(verdict, "permitted")
    assert (check["outcome"], heard["/permitted"]) == ("PASS", ["hello", "bye"]), check["evidence"]
    made = [(each["method"], each["path"], each["count"]) for each in verdict["safety"]["mutations"]]
    assert made == [("WS", "/permitted", 2)]


def test_what_a_worker_says_on_a_socket_is_never_green(spoken: Spoken) -> None:
    """A worker's messages can only be seen, so they fail the run."""
    check = check_of(spoken[0], "worker")
    assert (check["outcome"], check["blame"]) == ("FAIL", "SAFETY"), check["evidence"]


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
    page = f"""<!doctype html><title>Counted</title><p>Fine</p><script src="{there}/count"></script>
<script src="https://www.google-analytics.com/analytics.js"></script><img alt="" src="{there}/count">
<script>fetch("{there}/count", {{method: "POST", credentials: "include"}}); // as a tracker does
navigator.sendBeacon("{there}/count")</script>"""
    httpserver.expect_request("/counted").respond_with_data(page, content_type="text/html")
    way = "page.goto('./counted', wait_until='load'); page.reload()"
    code, verdict = run(tmp_path, shop, way, suite="analytics: [127.0.0.1]\n")
    assert (code, counted) == (0, []), verdict["checks"][0]["evidence"]
    assert verdict["safety"]["silenced"] >= 8


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "advertised"])
@pytest.mark.long
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


def test_our_own_brake_is_never_the_applications_fault(shop: Shop, httpserver: HTTPServer, tmp_path: Path) -> None:
    """A page whose scripts fail on a request that we held back says nothing of itself; the way out is told."""
    httpserver.expect_request("/api/list").respond_with_data("1")
    script = "fetch('/api/list').then(() => fetch('/api/list')).then(answer => answer.json())"
    way = (
        f"page.evaluate(\"setTimeout(() => {script})\"); page.wait_for_event('requestfailed');"
        " from playwright.sync_api import expect; expect(page.get_by_text('listed')).to_be_visible(timeout=300)"
    )
    environment = ", rate_share: 0.001, rate_limits: {/api: 20/min}"
    code, verdict = run(tmp_path, shop, way, environment=environment)
    check = verdict["checks"][0]
    assert (code, check["outcome"], check["blame"]) == (3, "INCONCLUSIVE", "HARNESS"), check["evidence"]
    (finding,) = check["attempts"][0]["findings"]
    assert finding == (
        "GET /api/list keeps within 0.1% of its rate limit of 20 requests in 60 s, but would be request 2:"
        " it was stopped"
    )
    assert "rate_share" in check["hint"]


def test_a_limit_of_the_whole_origin_is_kept_from_its_first_answer_on(
    shop: Shop, httpserver: HTTPServer, tmp_path: Path
) -> None:
    """Ten percent of an advertised 12 is one request: the page itself, and nothing after it."""
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        return Response("<title>Shop</title>Fine", headers={"X-RateLimit-Limit": "12"}, content_type="text/html")

    httpserver.clear_all_handlers()
    for path in ("/", "/a", "/b"):
        httpserver.expect_request(path).respond_with_handler(answer)
    httpserver.expect_request("/favicon.ico").respond_with_data("", 200)
    way = "page.evaluate(\"Promise.allSettled(['/a', '/b'].map(path => fetch(path)))\")"
    code, verdict = run(tmp_path, shop, way)
    assert (code, [each.path for each in asked]) == (3, ["/"]), verdict["checks"][0]["evidence"]


def test_a_limit_that_is_reached_is_told_as_such(shop: Shop, httpserver: HTTPServer, tmp_path: Path) -> None:
    """With when to come back, a hint of its own, and a peak that is all of the limit."""
    httpserver.expect_request("/busy").respond_with_data("", 429, headers={"Retry-After": "30"})
    code, verdict = run(tmp_path, shop, "page.goto('./busy')")
    check = verdict["checks"][0]
    assert (code, check["blame"]) == (1, "APP_4XX"), check["evidence"]
    assert "GET /busy answered 429, Retry-After 30" in check["evidence"]
    assert "Retry-After" in check["hint"]
    assert verdict["causes"][0]["text"] == "GET /busy answers 429"
    assert verdict["safety"]["rate_limit_peak"] == 1.0


@pytest.mark.long
def test_what_is_destructive_says_so(shop: Shop, tmp_path: Path) -> None:
    """Nobody is sent to a permit that could not help."""
    way = "page.evaluate(\"fetch('/tried', {method: 'DELETE'}).catch(() => 0)\")"
    code, verdict = run(tmp_path, shop, way, suite='destructive: ["DELETE /tried"]\n')
    check = verdict["checks"][0]
    assert (code, check["blame"], shop.writes) == (1, "SAFETY", [])
    told = "the check sent DELETE /tried, which destructive in suite.yaml forbids; it was stopped"
    assert [line for line in check["evidence"] if "DELETE /tried" in line] == [told]
    assert "destructive" in check["hint"]


@pytest.mark.long
def test_a_page_that_still_waits_is_slow(shop: Shop, httpserver: HTTPServer, tmp_path: Path) -> None:
    """An expectation that gave up while the application had not answered yet does not say that it was wrong."""
    released = threading.Event()

    def answer(_request: Request) -> Response:
        released.wait(20)
        return Response("late")

    httpserver.expect_request("/late").respond_with_handler(answer)
    way = (
        "page.evaluate(\"fetch('/late').then(answer => document.title = 'Ready'), 0\");"
        " from playwright.sync_api import expect; expect(page).to_have_title('Ready', timeout=500)"
    )
    try:
        code, verdict = run(tmp_path, shop, way)
    finally:
        released.set()
    check = verdict["checks"][0]
    assert (code, check["blame"]) == (1, "SLOW"), check["evidence"]
    assert any(line.startswith("GET /late was still pending after 0.") for line in check["evidence"])


@pytest.mark.long
def test_what_never_left_was_not_written(shop: Shop, tmp_path: Path) -> None:
    """A permitted write to a host that does not resolve is not on the receipt, and may be tried again."""
    way = """page.evaluate("fetch('http://no-such-shop.invalid/tried', {method: 'POST'}).catch(() => 0)")"""
    environment = ', urls: {nowhere: "http://no-such-shop.invalid"}, controls: []'
    code, verdict = run(tmp_path, shop, way, ', "POST /tried"', environment=environment)
    check = verdict["checks"][0]
    assert (code, check["blame"], len(check["attempts"])) == (1, "DNS", 2), check["evidence"]
    assert verdict["safety"]["mutations"] == []


@pytest.mark.long
def test_pictures_count_against_a_rate_limit_too(shop: Shop, httpserver: HTTPServer, tmp_path: Path) -> None:
    """Nothing holds them up, so a run that loads too many is not green."""
    pictures = "".join(f"<img alt='' src='/api/picture?{number}'>" for number in range(5))
    pixel = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
    httpserver.expect_request("/api/picture").respond_with_data(pixel, content_type="image/gif")
    page = f"<!doctype html><title>Pictures</title><p>Fine</p>{pictures}"
    httpserver.expect_request("/pictures").respond_with_data(page, content_type="text/html")
    way = "page.goto('./pictures', wait_until='load')"
    code, verdict = run(tmp_path, shop, way, environment=", rate_limits: {/api: 20/min}")
    assert (code, verdict["verdict"]) == (3, "INCONCLUSIVE"), verdict["reason"]
    assert "keeps within 10% of its rate limit" in verdict["reason"]

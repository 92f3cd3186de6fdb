"""Astronote: its pages, its two APIs, and the worker behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pytest

from smoke.demo.breaks import Break
from tests.demo.client import Client, Demo
from tests.demo.merchant import MERCHANT, RETAIL, SHOPIFY, WEB, Merchant, astronote, until

OPEN = ["/", "/app/retail", "/app/shopify", "/app/retail/login", "/app/shopify/login"]
INSIDE = {
    "/app/retail/dashboard": "Visits with a tap",
    "/app/retail/stores": "Piraeus",
    "/app/shopify/dashboard": "Messages delivered",
    "/app/shopify/campaigns": "Autumn candles",
    "/app/shopify/segments": "Best customers",
}
CALLS = [
    (SHOPIFY, "GET", "/api/dashboard"),
    (SHOPIFY, "GET", "/api/segments"),
    (SHOPIFY, "GET", "/api/segments/vip"),
    (SHOPIFY, "GET", "/api/campaigns"),
    (SHOPIFY, "POST", "/api/campaigns"),
    (SHOPIFY, "GET", "/api/campaigns/c1"),
    (SHOPIFY, "DELETE", "/api/campaigns/c1"),
    (SHOPIFY, "POST", "/api/campaigns/c1/enqueue"),
    (SHOPIFY, "GET", "/api/jobs/j1"),
    (RETAIL, "GET", "/api/dashboard"),
    (RETAIL, "GET", "/api/stores"),
]
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}


@pytest.fixture
def web(demo: Demo) -> Client:
    """A visitor of the pages."""
    return astronote(demo, WEB)


@pytest.fixture
def shopify(demo: Demo) -> Client:
    """A stranger at the Shopify API."""
    return astronote(demo, SHOPIFY)


@pytest.fixture(scope="module")
def merchant(demo: Demo) -> Merchant:
    return Merchant(demo)


@pytest.fixture
def draft(merchant: Merchant) -> Iterator[str]:
    """A campaign that is marked as test data, and removed whatever happened."""
    campaign = merchant.draft()
    yield campaign
    merchant.ask("DELETE", f"/api/campaigns/{campaign}")


@pytest.fixture
def repaired(breakable: Demo) -> Iterator[Demo]:
    yield breakable
    breakable.process.set_breaks()


def form(client: Client, area: str, password: str, email: str = MERCHANT, query: str = "") -> tuple[int, str, str]:
    """Status, target and text of the answer to the login form."""
    body = urlencode({"email": email, "password": password}).encode()
    reply = client.request("POST", f"/app/{area}/login{query}", body)
    return reply.status, reply.headers.get("Location", ""), reply.text


# Pages


@pytest.mark.parametrize("path", OPEN)
def test_open_pages_are_whole(web: Client, path: str) -> None:
    """Everybody may read them; each names its build, has one main heading, and every file that it uses exists."""
    reply = web.get(path)
    assert reply.status == 200
    assert '<meta name="build" content="build-7">' in reply.text
    assert len(re.findall("<h1", reply.text)) == 1
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', reply.text)
    assert len(files) == 3
    assert [web.get(file).status for file in files] == [200] * 3


@pytest.mark.parametrize("path", OPEN)
def test_open_pages_lead_somewhere(web: Client, path: str) -> None:
    """No link on a page that everybody sees is dead."""
    links = set(re.findall(r'<a [^>]*href="(/[^"#]*)"', web.get(path).text))
    assert {"/", "/app/retail", "/app/shopify"} <= links
    assert {link: web.get(link).status for link in links} == dict.fromkeys(links, 200)


@pytest.mark.parametrize("path", [*OPEN, *INSIDE, "/nowhere"])
def test_pages_need_nothing_that_the_policy_forbids(merchant: Merchant, path: str) -> None:
    """Neither inline scripts nor inline styles, which the content security policy would block."""
    page = merchant.ask("GET", path, product=WEB).text
    assert re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=", page) == []


@pytest.mark.parametrize("path", INSIDE)
def test_areas_send_visitors_to_sign_in(web: Client, path: str) -> None:
    """Without a session the answer is a redirect to the area's own form that remembers the page."""
    reply = web.get(path)
    area = path.split("/")[2]
    assert (reply.status, reply.headers["Location"]) == (307, f"/app/{area}/login?next={path}")


@pytest.mark.parametrize(("path", "fact"), INSIDE.items())
def test_areas_open_for_a_merchant(merchant: Merchant, path: str, fact: str) -> None:
    """With a session the page shows what it is for, and marks where one is."""
    reply = merchant.ask("GET", path, product=WEB)
    assert reply.status == 200
    assert fact in reply.text
    assert f'<a href="{path}" aria-current="page">' in reply.text


def test_merchant_comes_and_goes(demo: Demo, web: Client) -> None:
    """The form opens a session in a cookie that scripts cannot read; signing out ends it everywhere."""
    assert form(web, "shopify", demo.password, query="?next=/app/shopify/segments")[:2] == (
        303,
        "/app/shopify/segments",
    )
    assert web.get("/app/shopify/segments").status == 200
    assert web.get("/app/retail/login").headers["Location"] == "/app/retail/dashboard"
    copied = Client(web.base_url, dict(web.cookies))
    assert web.request("POST", "/app/shopify/logout").headers["Location"] == "/"
    assert web.cookies == {}
    assert copied.get("/app/shopify/segments").status == 307


def test_the_session_cookie_is_kept_from_scripts(demo: Demo, web: Client) -> None:
    """HttpOnly and SameSite, as every session cookie."""
    body = urlencode({"email": MERCHANT, "password": demo.password}).encode()
    cookie = web.request("POST", "/app/retail/login", body).headers["Set-Cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_wrong_password_is_explained(web: Client) -> None:
    """The form comes back with 401, the reason and what was typed, escaped; no session is opened."""
    status, _, page = form(web, "shopify", "wrong", email='"><b>nobody')
    assert status == 401
    assert '<p class="alert" role="alert">Wrong e-mail address or password.</p>' in page
    assert "<b>nobody" not in page
    assert web.cookies == {}


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/app/retail//evil.example", "/", ""])
def test_signing_in_leads_nowhere_else(demo: Demo, web: Client, target: str) -> None:
    """A target that is no page of an area becomes the area's first page."""
    query = f"?{urlencode({'next': target})}"
    assert form(web, "retail", demo.password, query=query)[:2] == (303, "/app/retail/dashboard")


def test_accounts_of_other_products_stay_outside(demo: Demo, web: Client) -> None:
    """A right password of somebody who is no merchant opens neither the pages nor the APIs."""
    stranger = demo.credentials()["email_or_username"]
    assert form(web, "shopify", demo.password, email=str(stranger))[0] == 401
    token = demo.login().cookies["auth_token"]
    signed = {"Authorization": f"Bearer {token}"}
    assert web.get("/app/shopify/dashboard", **signed).status == 307
    assert astronote(demo, SHOPIFY).get("/api/dashboard", **signed).status == 401


@pytest.mark.parametrize("path", ["/nowhere", "/app/moon", "/app/moon/login", "/static/x/../app.py"])
def test_missing_pages_are_pages(web: Client, path: str) -> None:
    """A wrong address is answered with 404 and a way back."""
    reply = web.get(path)
    assert reply.status == 404
    if not path.startswith("/static"):
        assert "Back to the start" in reply.text


# Health


@pytest.mark.parametrize(("product", "path"), [(SHOPIFY, "/health"), (SHOPIFY, "/health/full"), (RETAIL, "/healthz")])
def test_health_names_every_part(demo: Demo, product: str, path: str) -> None:
    """Status, version, time and the state of database, redis and queue are told, under a request and a build id."""
    reply = astronote(demo, product).get(path, X_Request_ID="run-1.check_2")
    assert reply.status == 200
    assert reply.json["status"] == "healthy"
    assert reply.json["version"] == "9.8.7"
    assert reply.json["services"] == {"database": "healthy", "redis": "healthy", "queue": "healthy"}
    assert abs(datetime.fromisoformat(reply.json["timestamp"]) - datetime.now(UTC)) < timedelta(seconds=5)
    assert (reply.headers["X-Request-ID"], reply.headers["X-Build-ID"]) == ("run-1.check_2", "build-7")


def test_retail_is_ready_and_times_its_database(demo: Demo) -> None:
    """A load balancer may send visitors, and a query is measured, not assumed."""
    client = astronote(demo, RETAIL)
    assert client.get("/readyz").json["status"] == "ready"
    timed = client.get("/health/db").json
    assert timed["status"] == "healthy"
    assert 0 < timed["query_ms"] < 200


def test_a_part_that_fails_is_named(repaired: Demo) -> None:
    """Without redis the APIs are degraded and say so by their status; the database is still well."""
    repaired.process.set_breaks([Break.SERVICE_DOWN])
    brief = astronote(repaired, SHOPIFY).get("/health")
    assert (brief.status, brief.json["status"]) == (200, "degraded")
    assert brief.json["services"] == {"database": "healthy", "redis": "unhealthy", "queue": "healthy"}
    assert astronote(repaired, SHOPIFY).get("/health/full").status == 503
    assert astronote(repaired, RETAIL).get("/readyz").status == 503
    assert astronote(repaired, RETAIL).get("/health/db").status == 200


# Who may call


@pytest.mark.parametrize("product", [SHOPIFY, RETAIL])
def test_the_web_application_may_call_with_credentials(demo: Demo, product: str) -> None:
    """A preflight from the pages is answered with what is allowed, and so is the call that follows."""
    origin = demo.process.base_urls[WEB]
    client = astronote(demo, product)
    asked = client.request("OPTIONS", "/api/dashboard", headers={"Origin": origin, **PREFLIGHT})
    assert asked.status == 204
    assert {"POST", "DELETE"} <= set(asked.headers["Access-Control-Allow-Methods"].split(", "))
    assert {"Authorization", "Content-Type"} <= set(asked.headers["Access-Control-Allow-Headers"].split(", "))
    for reply in (asked, client.get("/api/dashboard", Origin=origin)):
        assert reply.headers["Access-Control-Allow-Origin"] == origin
        assert reply.headers["Access-Control-Allow-Credentials"] == "true"
        assert "Origin" in reply.headers["Vary"]


@pytest.mark.parametrize("product", [SHOPIFY, RETAIL])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "betterprompts", "neighbour"])
def test_other_origins_are_refused(demo: Demo, product: str, origin: str) -> None:
    """Every other origin gets 403 and no permission: strangers, other products, and the other API."""
    urls = demo.process.base_urls
    known = {"betterprompts": urls["betterprompts"], "neighbour": urls[RETAIL if product == SHOPIFY else SHOPIFY]}
    headers = {"Origin": known.get(origin, origin), **PREFLIGHT}
    for method in ("OPTIONS", "GET", "POST"):
        reply = astronote(demo, product).request(method, "/api/dashboard", headers=headers)
        assert reply.status == 403
        assert "Access-Control-Allow-Origin" not in reply.headers


def test_astronote_may_not_call_other_products(demo: Demo) -> None:
    """The pages of one product are strangers to the next."""
    assert demo.visitor().get("/api/v1/health", Origin=demo.process.base_urls[WEB]).status == 403


@pytest.mark.parametrize("token", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic bWU6bWU="}])
@pytest.mark.parametrize(("product", "method", "path"), CALLS)
def test_calls_need_a_token(demo: Demo, product: str, method: str, path: str, token: dict[str, str]) -> None:
    """Without a valid token every call is answered 401 in the envelope, and nothing is done."""
    reply = astronote(demo, product).request(method, path, {}, token)
    assert reply.status == 401
    assert reply.json["error"]["code"] == "unauthorized"
    assert set(reply.json) == {"error"}


@pytest.mark.parametrize("product", [SHOPIFY, RETAIL])
def test_missing_calls_are_told_in_the_envelope(demo: Demo, product: str) -> None:
    """A wrong address is answered with 404 as JSON, a wrong method with 405."""
    client = astronote(demo, product)
    assert client.get("/api/nowhere").json["error"]["code"] == "not_found"
    assert client.post("/api/dashboard").status == 405


# Reading


@pytest.mark.parametrize(
    ("product", "totals", "reports"),
    [
        (SHOPIFY, {"contacts", "segments", "campaigns"}, ["delivered", "clicks", "revenue"]),
        (RETAIL, {"stores", "visits"}, ["visits", "joined", "redeemed"]),
    ],
)
def test_dashboards_embed_their_reports(merchant: Merchant, product: str, totals: set[str], reports: list[str]) -> None:
    """Each report covers the seven days up to today, without a gap, and its total is the sum of its days."""
    today = datetime.now(UTC).date()
    dashboard = merchant.ask("GET", "/api/dashboard", product=product).json
    assert set(dashboard) == {"shop", "period", "totals", "reports"}
    assert set(dashboard["totals"]) == totals
    assert [report["id"] for report in dashboard["reports"]] == reports
    last = date.fromisoformat(dashboard["period"]["to"])
    assert last in {today, datetime.now(UTC).date()}
    for report in dashboard["reports"]:
        days = [date.fromisoformat(entry["day"]) for entry in report["series"]]
        assert days == [last - timedelta(days=back) for back in range(6, -1, -1)]
        assert report["total"] == sum(entry["value"] for entry in report["series"])


def test_segments_are_listed_and_looked_at(merchant: Merchant) -> None:
    """The largest comes first; each can be looked at; one that nobody made is 404."""
    listed = merchant.ask("GET", "/api/segments").json
    sizes = [segment["size"] for segment in listed["segments"]]
    assert listed["count"] == len(sizes) == 5
    assert sizes == sorted(sizes, reverse=True)
    first = listed["segments"][0]
    looked_at = merchant.ask("GET", f"/api/segments/{first['id']}").json
    assert looked_at == {**first, "estimate": {"messages": first["size"], "cents": first["size"] * 6}}
    assert merchant.ask("GET", "/api/segments/martians").status == 404


def test_short_links_lead_where_they_were_made_for(shopify: Client) -> None:
    """A known code is a redirect that no cache keeps; an unknown one is 404 and leads nowhere."""
    known = shopify.get("/s/smoke")
    assert (known.status, known.headers["Location"]) == (302, "https://astronote.example/welcome")
    assert known.headers["Cache-Control"] == "no-store"
    unknown = shopify.get("/s/no-such-link")
    assert (unknown.status, unknown.json["error"]["code"]) == (404, "unknown_link")
    assert "Location" not in unknown.headers


# Campaigns and the worker


def test_a_queued_campaign_is_processed_within_a_second(merchant: Merchant, draft: str) -> None:
    """The worker renders a message for each customer of the segment and, in safe mode, sends none."""
    before = merchant.ask("GET", "/health/worker").json["processed"]
    queued = merchant.enqueue(draft)
    assert queued.status == 202
    assert (queued.json["status"], queued.json["processed_at"]) == ("queued", None)
    assert merchant.processed(queued.json["id"])
    job = merchant.job(queued.json["id"])
    assert (job["safe_mode"], job["rendered"], job["sent"]) == (True, 186, 0)
    assert datetime.fromisoformat(job["processed_at"]) >= datetime.fromisoformat(job["queued_at"])
    assert merchant.ask("GET", f"/api/campaigns/{draft}").json["status"] == "checked"
    assert merchant.ask("GET", "/health/worker").json["processed"] == before + 1


def test_a_real_campaign_is_sent(merchant: Merchant) -> None:
    """Without safe mode the worker sends what it rendered: the sum of zero above is a decision, not a stub."""
    campaign = merchant.draft(test=False, segment="birthdays")
    job = merchant.enqueue(campaign, safe_mode=False).json["id"]
    assert merchant.processed(job)
    assert (merchant.job(job)["rendered"], merchant.job(job)["sent"]) == (57, 57)
    assert merchant.ask("DELETE", f"/api/campaigns/{campaign}").status == 204


def test_test_data_never_leaves_safe_mode(merchant: Merchant, draft: str) -> None:
    """A campaign that is marked as test data is not accepted for real sending, and stays a draft."""
    reply = merchant.enqueue(draft, safe_mode=False)
    assert (reply.status, reply.json["error"]["code"]) == (409, "safe_mode_required")
    assert merchant.ask("GET", f"/api/campaigns/{draft}").json["status"] == "draft"


def test_a_campaign_is_queued_once(merchant: Merchant, draft: str) -> None:
    """Whoever presses the button twice does not write to everybody twice."""
    assert merchant.enqueue(draft).status == 202
    again = merchant.enqueue(draft)
    assert (again.status, again.json["error"]["code"]) == (409, "not_a_draft")


def test_jobs_are_done_in_their_order(merchant: Merchant) -> None:
    """First in, first out, even if many come at once."""
    campaigns = [merchant.draft() for _ in range(5)]
    jobs = [merchant.enqueue(campaign).json["id"] for campaign in campaigns]
    assert merchant.processed(jobs[-1], within_s=5)
    done = [merchant.job(job)["processed_at"] for job in jobs]
    assert None not in done
    assert done == sorted(done)
    assert [merchant.ask("DELETE", f"/api/campaigns/{campaign}").status for campaign in campaigns] == [204] * 5


def test_test_data_is_marked_and_not_counted(merchant: Merchant) -> None:
    """The campaign shows as a test in the list and on the page, and the dashboard's number stays the same."""
    before = merchant.ask("GET", "/api/dashboard").json["totals"]["campaigns"]
    campaign = merchant.draft()
    listed = merchant.ask("GET", "/api/campaigns").json["campaigns"][0]
    assert (listed["id"], listed["test"]) == (campaign, True)
    assert '<span class="tag">Test</span>' in merchant.ask("GET", "/app/shopify/campaigns", product=WEB).text
    assert merchant.ask("GET", "/api/dashboard").json["totals"]["campaigns"] == before
    merchant.ask("DELETE", f"/api/campaigns/{campaign}")
    assert '<span class="tag">Test</span>' not in merchant.ask("GET", "/app/shopify/campaigns", product=WEB).text


def test_a_deleted_campaign_leaves_nothing_behind(merchant: Merchant) -> None:
    """After the clean-up neither the campaign nor its job is there, and cleaning up twice is 404."""
    before = merchant.ask("GET", "/api/campaigns").json
    campaign = merchant.draft()
    job = merchant.enqueue(campaign).json["id"]
    assert merchant.processed(job)
    path = f"/api/campaigns/{campaign}"
    assert [merchant.ask("DELETE", path).status for _ in range(2)] == [204, 404]
    assert [merchant.ask("GET", gone).status for gone in (path, f"/api/jobs/{job}")] == [404, 404]
    assert merchant.ask("GET", "/api/campaigns").json == before


def test_every_field_that_is_wrong_is_named(merchant: Merchant) -> None:
    """A draft that does not fit is refused with all its problems, and a segment must exist."""
    wrong = merchant.ask("POST", "/api/campaigns", {"name": " ", "message": "x" * 481, "test": "yes"})
    assert (wrong.status, wrong.json["error"]["code"]) == (422, "invalid_fields")
    assert [detail.split(":")[0] for detail in wrong.json["error"]["details"]] == ["name", "message", "segment", "test"]
    body = {"name": "Smoke", "message": "Hello", "segment": "martians"}
    assert merchant.ask("POST", "/api/campaigns", body).json["error"]["code"] == "unknown_segment"
    assert merchant.ask("POST", "/api/campaigns", b"{").status == 400


def test_the_heart_of_the_worker_beats(merchant: Merchant) -> None:
    """Without any work to do the heartbeat moves on, and the worker is called alive."""

    def beat() -> datetime:
        return datetime.fromisoformat(merchant.ask("GET", "/health/worker").json["heartbeat_at"])

    first = beat()
    assert until(lambda: beat() > first, within_s=2)
    health = merchant.ask("GET", "/health/worker").json
    assert (health["status"], health["depth"]) == ("alive", 0)
    assert health["heartbeat_age_s"] < 2


def test_a_worker_that_stops_is_noticed(repaired: Demo) -> None:
    """Jobs wait, the heartbeat grows old, and the health endpoints answer 503; repaired, the queue is worked off."""
    merchant = Merchant(repaired)
    campaign = merchant.draft()
    repaired.process.set_breaks([Break.WORKER_STOPPED])
    job = merchant.enqueue(campaign).json["id"]
    assert until(lambda: merchant.ask("GET", "/health/worker").status == 503, within_s=6)
    health = merchant.ask("GET", "/health/worker").json
    assert (health["status"], health["depth"]) == ("silent", 1)
    assert health["heartbeat_age_s"] >= 3
    assert merchant.job(job)["status"] == "queued"
    assert merchant.ask("GET", "/health/full").json["services"]["queue"] == "unhealthy"
    repaired.process.set_breaks()
    assert merchant.processed(job, within_s=2)
    assert merchant.ask("GET", "/health/worker").json["depth"] == 0
    merchant.ask("DELETE", f"/api/campaigns/{campaign}")


def test_a_campaign_deleted_while_it_waits_is_not_sent(repaired: Demo) -> None:
    """Its job goes with it: nothing waits, nothing is processed, and the worker lives on."""
    merchant = Merchant(repaired)
    campaign = merchant.draft()
    repaired.process.set_breaks([Break.WORKER_STOPPED])
    before = merchant.ask("GET", "/health/worker").json["processed"]
    assert merchant.enqueue(campaign).status == 202
    assert merchant.ask("DELETE", f"/api/campaigns/{campaign}").status == 204
    repaired.process.set_breaks()
    health = merchant.ask("GET", "/health/worker").json
    assert (health["depth"], health["processed"]) == (0, before)

"""DeltaCrown, as its players, its auditor and its monitors see it."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from openapi_spec_validator import validate
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from smoke.demo.breaks import Break
from smoke.demo.products.deltacrown.admin_api import MASK, masked
from smoke.demo.products.deltacrown.economy import Entry
from smoke.demo.products.deltacrown.transactions_api import as_csv
from tests.demo.client import Client, Demo, Reply

PLAYER, BANNED, AUDITOR = (f"smoke-test-{name}@deltacrown.example" for name in ("player", "banned", "auditor"))
OFF, ON = "deltacrown", "deltacrown-flags-on"
PURCHASE = {"item": "banner-dawn", "test": True}


@dataclass(frozen=True)
class Someone:
    """A client with a token of its own."""

    client: Client
    token: str

    def ask(self, method: str, path: str, body: object = None) -> Reply:
        return self.client.request(method, path, body, {"Authorization": f"Bearer {self.token}"})

    def get(self, path: str) -> Reply:
        return self.ask("GET", path)

    def balance(self) -> int:
        return sum(entry["amount"] for entry in self.get("/api/transactions?page_size=100").json["items"])


def anyone(demo: Demo, product: str = OFF) -> Client:
    return Client(demo.process.base_urls[product])


def signed_in(demo: Demo, email: str, product: str = OFF) -> Someone:
    reply = anyone(demo, product).post("/api/auth/login", {"email": email, "password": demo.password})
    assert reply.status == 200
    return Someone(anyone(demo, product), reply.json["access_token"])


@pytest.fixture
def anybody(demo: Demo) -> Client:
    """Somebody who is not signed in, where enforcement is off."""
    return anyone(demo)


@pytest.fixture
def player(demo: Demo) -> Someone:
    """The smoke account that plays."""
    return signed_in(demo, PLAYER)


@pytest.fixture
def auditor(demo: Demo) -> Someone:
    """The smoke account that reads."""
    return signed_in(demo, AUDITOR)


@pytest.fixture
def wallet(player: Someone) -> Iterator[str]:
    """A test wallet, gone afterwards."""
    path = f"/api/wallets/{player.ask('POST', '/api/wallets', {'label': 'test'}).json['id']}"
    yield path
    player.ask("DELETE", path)


@pytest.mark.parametrize("product", [OFF, ON])
def test_health_tells_version_and_that_it_is_ok(demo: Demo, product: str) -> None:
    """Status, version and build stand in the health answer."""
    reply = anyone(demo, product).get("/health")
    assert reply.status == 200
    assert reply.json["status"] == "ok"
    assert (reply.json["version"], reply.json["build"]) == ("9.8.7", "build-7")
    assert reply.headers["X-Build-ID"] == "build-7"
    assert re.fullmatch(r"[0-9a-f]{32}", reply.headers["X-Request-ID"])


def test_health_does_not_hide_that_a_part_is_down(breakable: Demo) -> None:
    """With a part down the health answer is 503 and not ok; repaired, it is ok again."""
    breakable.process.set_breaks([Break.SERVICE_DOWN])
    reply = anyone(breakable).get("/health")
    breakable.process.set_breaks()
    assert (reply.status, reply.json["status"]) == (503, "degraded")
    assert anyone(breakable).get("/health").status == 200


def test_claims_are_minimal(player: Someone) -> None:
    """A token stands for an opaque subject, a role and scopes, and for nothing that names a person."""
    reply = player.get("/api/auth/claims")
    assert set(reply.json) == {"sub", "role", "scopes"}
    assert re.fullmatch(r"[0-9a-f]{16}", reply.json["sub"])
    assert "smoke-test" not in reply.text


def test_login_refuses_a_wrong_password_and_accounts_of_other_products(demo: Demo) -> None:
    """A wrong password and a right one of another product's account are refused alike."""
    attempts = [
        {"email": "smoke-test-nobody@deltacrown.example", "password": "wrong"},
        {"email": "smoke-test-basic@betterprompts.com", "password": demo.password},
    ]
    replies = [anyone(demo).post("/api/auth/login", attempt) for attempt in attempts]
    assert [(reply.status, reply.json["error"]["code"]) for reply in replies] == [(401, "invalid_credentials")] * 2


def test_logout_ends_the_session(player: Someone) -> None:
    """After a logout the token opens nothing."""
    assert player.ask("POST", "/api/auth/logout").status == 204
    assert player.get("/api/auth/claims").status == 401


def test_debit_and_credit_leave_the_balance_as_it_was(player: Someone, wallet: str) -> None:
    """A debit lowers the balance by its amount, the credit raises it again, and the sum of entries agrees."""
    opened = player.get(wallet).json["balance"]
    debit = player.ask("POST", f"{wallet}/debits", {"amount": 250, "reference": "round trip"}).json
    assert (debit["balance_before"], debit["balance_after"]) == (opened, opened - 250)
    assert player.get(wallet).json["balance"] == opened - 250
    credit = player.ask("POST", f"{wallet}/credits", {"amount": 250, "reference": "round trip"}).json
    assert (credit["balance_before"], credit["balance_after"]) == (opened - 250, opened)
    after = player.get(wallet).json
    assert (after["balance"], after["entries"]) == (opened, 3)


def test_wallet_cannot_be_overdrawn(player: Someone, wallet: str) -> None:
    """More than there is cannot be taken, and the attempt changes nothing."""
    reply = player.ask("POST", f"{wallet}/debits", {"amount": 1001, "reference": "too much"})
    assert (reply.status, reply.json["error"]["code"]) == (409, "insufficient_funds")
    assert player.get(wallet).json["balance"] == 1000


@pytest.mark.parametrize("amount", [0, -5, 2.5, "5", True, None, 1_000_001])
def test_amounts_are_whole_and_positive(player: Someone, wallet: str, amount: object) -> None:
    """Anything but a whole positive amount is refused with the field's name, and changes nothing."""
    reply = player.ask("POST", f"{wallet}/credits", {"amount": amount, "reference": "odd"})
    assert reply.status == 422
    assert reply.json["error"]["details"] == ["amount: must be a whole number from 1 to 1000000"]
    assert player.get(wallet).json["balance"] == 1000


def test_wallets_of_others_are_not_there(demo: Demo, player: Someone, wallet: str) -> None:
    """Another player, a visitor and whoever asks for a removed wallet find nothing."""
    assert signed_in(demo, BANNED).get(wallet).status == 404
    assert anyone(demo).get(wallet).status == 401
    assert player.ask("DELETE", wallet).status == 204
    assert player.get(wallet).status == 404


def test_transactions_come_in_pages(player: Someone) -> None:
    """Each page has its size, newest first, and two pages share no entry."""
    first, second = (player.get(f"/api/transactions?page={page}&page_size=10").json for page in (1, 2))
    assert (first["page"], first["page_size"], len(first["items"])) == (1, 10, 10)
    ids = [item["id"] for item in first["items"] + second["items"]]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == first["total"] == 18


def test_transactions_need_a_session_and_a_sensible_page(anybody: Client, player: Someone) -> None:
    """A visitor gets 401 in JSON; every wrong field of the query is named."""
    refused = anybody.get("/api/transactions?page=1&page_size=10")
    assert (refused.status, refused.headers["Content-Type"]) == (401, "application/json")
    wrong = player.get("/api/transactions?page=0&page_size=ten")
    assert wrong.status == 422
    assert [detail.split(":")[0] for detail in wrong.json["error"]["details"]] == ["page", "page_size"]


def test_export_has_one_byte_order_mark(player: Someone) -> None:
    """The file begins with exactly one mark, and reads back as the entries that the pages show."""
    reply = player.get("/api/transactions/export")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert reply.body.startswith(codecs.BOM_UTF8)
    assert reply.body.count(codecs.BOM_UTF8) == 1
    rows = list(csv.DictReader(io.StringIO(reply.body.decode("utf-8-sig"))))
    shown = player.get("/api/transactions?page_size=100").json["items"]
    assert [(row["id"], row["amount"], row["reference"]) for row in rows] == [
        (str(item["id"]), str(item["amount"]), item["reference"]) for item in shown
    ]
    assert any("№" in row["reference"] for row in rows)


def test_export_holds_no_formula() -> None:
    """A reference that a spreadsheet would run is quoted as text."""
    entry = Entry(id=1, kind="gift", amount=1, reference='=HYPERLINK("x")', made_at="2026-01-01T00:00:00+00:00")
    assert next(csv.DictReader(io.StringIO(as_csv([entry]))))["reference"] == '\'=HYPERLINK("x")'


@pytest.mark.parametrize("product", [OFF, ON])
def test_socket_connects_echoes_and_closes(demo: Demo, product: str) -> None:
    """What is sent comes back, message by message, and the close is a normal one."""
    with connect(demo.process.base_urls[product].replace("http", "ws") + "/ws/echo") as socket:
        for message in ('{"type": "ping"}', "Grüße"):
            socket.send(message)
            assert socket.recv(timeout=5) == message
        socket.close()
        assert socket.close_code == 1000


@pytest.mark.parametrize(("message", "code"), [("x" * 4097, 1009), (b"\x00", 1003)])
def test_socket_closes_on_what_it_does_not_take(demo: Demo, message: str | bytes, code: int) -> None:
    """A message that is too long or not text ends the conversation with the code that says why."""
    with connect(demo.process.base_urls[OFF].replace("http", "ws") + "/ws/echo") as socket:
        socket.send(message)
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=5)
        assert socket.close_code == code


def test_purchase_succeeds_and_can_be_undone(player: Someone) -> None:
    """The price leaves the wallet, and undoing a test purchase leaves no trace, not even in the revenue."""
    before = player.balance()
    reply = player.ask("POST", "/api/shop/purchases", PURCHASE)
    assert (reply.status, reply.json["status"], reply.json["price"]) == (201, "paid", 120)
    assert player.balance() == before - 120 == reply.json["balance_after"]
    path = f"/api/shop/purchases/{reply.json['id']}"
    assert player.ask("DELETE", path).status == 204
    assert player.balance() == before
    assert player.ask("DELETE", path).status == 404


def test_real_purchase_counts_and_cannot_be_undone(breakable: Demo) -> None:
    """What is not marked as a test is revenue and stays."""
    player, auditor = signed_in(breakable, PLAYER), signed_in(breakable, AUDITOR)
    before = auditor.get("/api/admin/revenue/summary").json["gross"]
    order = player.ask("POST", "/api/shop/purchases", {"item": "emote-clutch"}).json["id"]
    assert auditor.get("/api/admin/revenue/summary").json["gross"] == before + 90
    assert player.ask("DELETE", f"/api/shop/purchases/{order}").status == 404


@pytest.mark.parametrize(
    ("product", "email", "status", "allowed"),
    [(OFF, PLAYER, 201, True), (OFF, BANNED, 201, True), (ON, PLAYER, 201, True), (ON, BANNED, 403, False)],
)
def test_only_the_banned_are_denied_and_only_with_flags_on(
    demo: Demo, product: str, email: str, status: int, *, allowed: bool
) -> None:
    """Enforcement needs both the flag and the ban; the ping agrees with the till."""
    someone = signed_in(demo, email, product)
    before = someone.balance()
    reply = someone.ask("POST", "/api/shop/purchases", PURCHASE)
    assert reply.status == status
    assert someone.get("/api/moderation/enforcement/ping").json == {"allow": allowed}
    if allowed:
        assert someone.ask("DELETE", f"/api/shop/purchases/{reply.json['id']}").status == 204
    else:
        assert reply.json["error"]["code"] == "purchase_denied"
    assert someone.balance() == before


@pytest.mark.parametrize("product", [OFF, ON])
def test_visitors_are_let_through(demo: Demo, product: str) -> None:
    """Without a session the ping allows, and the shop shows what it sells."""
    assert anyone(demo, product).get("/api/moderation/enforcement/ping").json == {"allow": True}
    items = anyone(demo, product).get("/api/shop/items").json["items"]
    assert len(items) == 6
    assert all(type(item["price"]) is int for item in items)


def test_revenue_has_no_decimals(auditor: Someone) -> None:
    """Every sum is an integer on the wire, and net is gross without refunds."""
    reply = auditor.get("/api/admin/revenue/summary")
    sums = {name: value for name, value in reply.json.items() if name != "currency"}
    assert set(sums) == {"orders", "gross", "refunds", "net", "average_order"}
    assert all(type(value) is int for value in sums.values())
    assert "." not in reply.text
    assert sums["gross"] - sums["refunds"] == sums["net"] > 0
    assert sums["refunds"] > 0


@pytest.mark.parametrize("path", ["/nowhere", "/api/nowhere", "/api/shop/items/none"])
def test_errors_have_stable_keys(anybody: Client, path: str) -> None:
    """Whatever is not there is told in the same envelope."""
    reply = anybody.get(path)
    assert (reply.status, reply.json["error"]["code"]) == (404, "not_found")
    assert set(reply.json) == {"error"}
    assert set(reply.json["error"]) == {"code", "message", "details"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("DELETE", "/health", None, 405, "method_not_allowed"),
        ("POST", "/api/auth/login", b"{", 400, "malformed_body"),
        ("POST", "/api/auth/login", [], 400, "malformed_body"),
        ("POST", "/api/auth/login", {"email": " "}, 422, "invalid_fields"),
        ("GET", "/api/auth/claims", None, 401, "unauthorized"),
    ],
)
def test_every_refusal_has_the_envelope(
    anybody: Client, method: str, path: str, body: object, status: int, code: str
) -> None:
    """Wrong method, wrong body, wrong fields and no session are told with the same keys as a 404."""
    reply = anybody.request(method, path, body)
    assert (reply.status, reply.json["error"]["code"]) == (status, code)
    assert set(reply.json["error"]) == {"code", "message", "details"}


def test_quick_performance_run_has_samples(auditor: Someone, player: Someone) -> None:
    """Each operation has a median that took time; only the auditor may ask, and only for the quick mode."""
    reply = auditor.get("/api/perf?mode=quick")
    assert (reply.status, reply.json["mode"]) == (200, "quick")
    assert [sample["operation"] for sample in reply.json["samples"]] == [
        "wallet.balance",
        "wallet.entries",
        "shop.items",
    ]
    assert all(0 < sample["median"] <= sample["max"] for sample in reply.json["samples"])
    assert auditor.get("/api/perf?mode=full").status == 422
    assert player.get("/api/perf?mode=quick").status == 403


@pytest.mark.parametrize("path", ["/api/admin/settings", "/api/admin/accounts", "/api/admin/revenue/summary"])
def test_admin_views_are_for_reading_and_for_auditors(
    anybody: Client, player: Someone, auditor: Someone, path: str
) -> None:
    """Visitors get 401, players 403, and the auditor may read but not write."""
    assert [asker.get(path).status for asker in (anybody, player, auditor)] == [401, 403, 200]
    assert [auditor.ask(method, path, {}).status for method in ("POST", "PUT", "PATCH", "DELETE")] == [405] * 4


def test_admin_views_hide_secrets_and_people(auditor: Someone) -> None:
    """Settings are masked where they are secret and only there; accounts have no names and no addresses."""
    settings = auditor.get("/api/admin/settings").json["settings"]
    assert settings["SECRET_KEY"] == settings["PAYMENT_WEBHOOK_TOKEN"] == MASK
    assert settings["DATABASE_URL"] == f"postgres://deltacrown:{MASK}@database/deltacrown"
    assert settings["TIME_ZONE"] == "Asia/Dhaka"
    accounts = auditor.get("/api/admin/accounts")
    assert [set(account) for account in accounts.json["accounts"]] == [{"id", "role", "banned", "since"}] * 3
    assert "@" not in accounts.text


def test_masking_keeps_what_is_no_secret() -> None:
    """Names that sound secret and passwords in addresses are masked; an address without one stays."""
    given = {"API_TOKEN": "a", "sentry_dsn": "b", "URL": "redis://cache/0", "DB": "postgres://u:p%40w@h/d"}
    expected = {"API_TOKEN": MASK, "sentry_dsn": MASK, "URL": "redis://cache/0", "DB": f"postgres://u:{MASK}@h/d"}
    assert masked(given) == expected


def test_flags_are_off_until_somebody_turns_them_on(demo: Demo) -> None:
    """The two deployments differ in what they enforce and measure."""
    flags = [signed_in(demo, AUDITOR, product).get("/api/admin/settings").json["flags"] for product in (OFF, ON)]
    assert [flag["PURCHASE_ENFORCEMENT_ENABLED"] for flag in flags] == [False, True]
    assert [flag["MODERATION_OBSERVABILITY_ENABLED"] for flag in flags] == [False, True]


def test_description_is_valid_true_and_names_nobody(anybody: Client) -> None:
    """The OpenAPI description is valid, has no e-mail address or user name, and what it lists is served."""
    reply = anybody.get("/openapi.json")
    validate(reply.json)
    assert "@" not in reply.text
    assert "smoke-test" not in reply.text
    listed = [path for path, operations in reply.json["paths"].items() if "get" in operations]
    assert {"/health", "/api/wallets/{wallet}", "/api/perf"} < set(listed)
    assert 404 not in {anybody.get(path.replace("{wallet}", "1")).status for path in listed}
    assert json.loads(reply.body)["info"] == {"title": "DeltaCrown", "version": "9.8.7"}


def test_home_shows_the_shop_with_its_style(anybody: Client) -> None:
    """The page lists every item with its price, and its stylesheet and icon are there."""
    page = anybody.get("/").text
    assert page.count('class="item"') == 6
    assert "Clutch!" in page
    files = re.findall(r'<link [^>]*href="([^"]+)"', page)
    assert len(files) == 2
    assert {anybody.get(file).status for file in [*files, "/favicon.ico"]} == {200}
    assert re.findall(r"<script|<style| style=| on\w+=", page) == []

"""A tiny application whose login has whatever shape a test wants."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

import pyotp
from werkzeug import Request, Response
from werkzeug.serving import make_server
from werkzeug.utils import redirect

USER = "smoke-visitor"
LOOKS = 3
"""How often the start page is looked at before a suite without a login is written."""
BANNER = """<div id=asks style="position: fixed; inset: 0; background: white"><p>We use cookies.</p>
<button onclick="answer()">Accept all</button> <button onclick="answer()">Reject all</button></div><script>
const asks = document.querySelector('#asks')
function answer() { document.cookie = 'answered=yes; path=/; samesite=lax'; asks.remove() }
if (document.cookie.includes('answered=')) asks.remove()
</script>"""


class Shape(StrEnum):
    """One peculiarity of a site."""

    PLACEHOLDERS = "fields with a placeholder only"
    TWO_PAGES = "user and password on two pages"
    CODE_BESIDE = "a one-time code beside the password"
    CODE_NEXT = "a one-time code on the next page"
    MENU = "the way out in a menu"
    CONFIRM_PAGE = "a page that asks before signing out"
    CONFIRM_DIALOG = "a dialog of the browser that asks before signing out"
    PREFIX = "everything below a path"
    REDIRECT = "a start page that leads elsewhere"
    MODAL = "the form in a dialog of the start page"
    NOISE = "an error in the console"
    BEACON = "a page that reports its visits"
    CATCH_ALL = "an answer for whatever is asked"
    BLUNT = "a refusal on a page of its own, without a form"
    NO_BUTTON = "forms that are sent by the Enter key"
    PASSWORD_ALONE = "a password that is asked for without a user"
    SELLS_OUT = "a start page that is another one soon"
    COOKIE_BANNER = "a banner about cookies that lies over every page until it is answered"
    SSO = "the form at another address"
    SSO_AFTER_USER = "the user at its own address, and the password at another"
    SSO_AT_ONCE = "a start page that leads to the form at another address"


@contextmanager
def served(answer: Callable[[Request], Response]) -> Iterator[int]:
    """Serve at a port of its own, and yield that."""
    server = make_server("127.0.0.1", 0, Request.application(answer), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Site:
    """Its state: who is signed in."""

    shapes: frozenset[Shape]
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    key: str = field(default_factory=pyotp.random_base32)
    sessions: dict[str, str] = field(default_factory=dict)
    """How far each session is: user, known or in."""
    used: set[str] = field(default_factory=set)
    """One-time codes that were used."""
    writes: list[str] = field(default_factory=list)
    port: int = 0
    sso_port: int = 0
    visits: int = 0
    """To its start page."""
    tickets: set[str] = field(default_factory=set)
    """Given to who signed in at the other address, until they are brought back."""

    @property
    def prefix(self) -> str:
        return "/tools/shop" if Shape.PREFIX in self.shapes else ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.prefix}/"

    @property
    def sso(self) -> str:
        return f"http://127.0.0.1:{self.sso_port}"

    @property
    def is_away(self) -> bool:
        return bool(self.shapes & {Shape.SSO, Shape.SSO_AT_ONCE, Shape.SSO_AFTER_USER})

    @property
    def login_url(self) -> str:
        if self.is_away and not self.has(Shape.SSO_AFTER_USER):
            return f"{self.sso}/enter?for={secrets.token_hex(8)}"
        return f"{self.prefix}/login?next=account"

    @property
    def asks(self) -> str:
        """What the form asks for that has the password."""
        return "password" if self.shapes & {Shape.TWO_PAGES, Shape.PASSWORD_ALONE} else "both"

    def has(self, shape: Shape) -> bool:
        return shape in self.shapes

    @contextmanager
    def serving(self) -> Iterator[Site]:
        with served(self.answer) as self.port, served(self.answer_sso) as self.sso_port:
            yield self

    def answer_sso(self, request: Request) -> Response:
        """Its other address: it knows who asks only by what it was asked for."""
        if request.path != "/enter" or "for" not in request.args:
            return Response("no such page", 404)
        if request.method != "POST":
            return self.page("One login for all", self.sso_form())
        self.writes.append(request.path)
        user = request.form.get("name") or request.args["for"]
        if (user, request.form["phrase"]) != (USER, self.password):
            return self.page("One login for all", self.sso_form("That is the wrong name or phrase."))
        self.tickets.add(ticket := secrets.token_hex(8))
        return redirect(f"{self.url}arrive?ticket={ticket}")

    def sso_form(self, problem: str = "") -> str:
        asks = "password" if self.has(Shape.SSO_AFTER_USER) else "both"
        return self.login_form(asks, problem).replace(f'action="{self.prefix}/login"', "")

    def arrive(self, ticket: str) -> Response:
        if ticket not in self.tickets:
            return Response("no such ticket", 403)
        self.tickets.remove(ticket)
        self.sessions[sid := secrets.token_hex(16)] = "in"
        return self.with_session(redirect(f"{self.prefix}/account"), sid)

    def answer(self, request: Request) -> Response:  # noqa: C901 - a table of paths
        if request.method == "POST":
            self.writes.append(request.path)
        if not request.path.startswith(f"{self.prefix}/"):
            return Response("elsewhere", 404)
        path, stage = request.path.removeprefix(self.prefix), self.sessions.get(request.cookies.get("sid", ""), "")
        match request.method, path:
            case "GET", "/" if self.has(Shape.REDIRECT):
                return redirect(f"{self.prefix}/welcome?from=start")
            case "GET", "/" if self.has(Shape.SSO_AT_ONCE) and stage != "in":
                return redirect(self.login_url)
            case "GET", "/arrive":
                return self.arrive(request.args["ticket"])
            case "GET", "/" | "/welcome":
                return self.home(stage)
            case "GET", "/login" if self.login_url.startswith(self.prefix + "/"):
                first = "user" if self.shapes & {Shape.TWO_PAGES, Shape.SSO_AFTER_USER} else self.asks
                return self.page("Come in", self.login_form(first))
            case "POST", "/login":
                return self.login(request)
            case "POST", "/code":
                return self.code(request, stage)
            case "GET", "/account":
                return self.account() if stage == "in" else redirect(self.login_url)
            case "GET", "/leave":
                asks = f'<form method="post" action="{self.prefix}/logout"><button>Yes, sign out</button></form>'
                return self.page("Leaving?", f"{asks}<a href='{self.prefix}/account'>Stay</a>")
            case "POST", "/logout":
                self.sessions.pop(request.cookies.get("sid", ""), None)
                return redirect(f"{self.prefix}/")
            case "POST", "/beacon":
                return Response("", 204)
            case "GET", "/ping":
                return Response("pong", content_type="text/plain")
        return self.home(stage) if self.has(Shape.CATCH_ALL) else Response("no such page", 404)

    def home(self, stage: str) -> Response:
        self.visits += 1
        if self.has(Shape.SELLS_OUT) and self.visits > LOOKS:
            return self.page("Sold out", "")
        into = f'<a href="{self.login_url}">Log in</a>'
        if self.has(Shape.MODAL):
            into = f"""<button onclick="document.querySelector('dialog').showModal()">Log in</button>
                <dialog>{self.login_form("both")}</dialog>"""
        script = "console.error('the old widget is gone: 20261121');" if self.has(Shape.NOISE) else ""
        if self.has(Shape.BEACON):
            script += f"fetch('{self.prefix}/beacon', {{method: 'POST', body: 'seen'}}).catch(() => 0);"
        who = f'<a href="{self.prefix}/account">Mine</a>' if stage == "in" else into
        return self.page("Things to buy", f"<p>All of them.</p>{who}<script>{script}</script>")

    def login_form(self, asks: str, problem: str = "") -> str:
        user, password = self.field("Your name", "name", "text"), self.field("Pass phrase", "phrase", "password")
        code = self.field("Code of your device", "otp", "text") if self.has(Shape.CODE_BESIDE) else ""
        fields = {"user": user, "password": password, "both": user + password + code}[asks]
        word = "Next" if asks == "user" else "Log in"
        button = "" if self.has(Shape.NO_BUTTON) else f"<button>{word}</button>"
        told = f"<p class=problem>{problem}</p>" if problem else ""
        return f'{told}<form method="post" action="{self.prefix}/login">{fields}{button}</form>'

    def field(self, label: str, name: str, kind: str) -> str:
        attributes = f'name="{name}" type="{kind}"'
        if name == "name":
            attributes += " autocomplete=username"
        if self.has(Shape.PLACEHOLDERS):
            return f'<input {attributes} placeholder="{label}">'
        return f"<label>{label}: <input {attributes}></label>"

    def login(self, request: Request) -> Response:
        sid = request.cookies.get("sid") or secrets.token_hex(16)
        said = request.form
        if "phrase" not in said and self.has(Shape.SSO_AFTER_USER):
            return redirect(f"{self.sso}/enter?for={said['name']}")
        if "phrase" not in said:
            self.sessions[sid] = f"user {said['name']}"
            return self.with_session(self.page("Come in", self.login_form("password")), sid)
        if self.has(Shape.PASSWORD_ALONE):
            user = USER
        else:
            user = said.get("name") or self.sessions.get(sid, "").removeprefix("user ")
        beside = not self.has(Shape.CODE_BESIDE) or self.takes(said.get("otp", ""))
        if user != USER or said["phrase"] != self.password or not beside:
            if self.has(Shape.BLUNT):
                return self.page("Sorry", "<p>Access denied.</p>")
            return self.page("Come in", self.login_form(self.asks, "That is the wrong name or phrase."))
        if self.has(Shape.CODE_NEXT):
            self.sessions[sid] = "known"
            form = f'<form method="post" action="{self.prefix}/code">{self.field("Code", "code", "text")}'
            return self.with_session(self.page("One more thing", f"{form}<button>Verify</button></form>"), sid)
        self.sessions[sid] = "in"
        return self.with_session(redirect(f"{self.prefix}/account"), sid)

    def code(self, request: Request, stage: str) -> Response:
        if stage != "known" or not self.takes(request.form["code"]):
            return self.page("One more thing", "<p>Invalid code</p>")
        self.sessions[request.cookies["sid"]] = "in"
        return redirect(f"{self.prefix}/account")

    def takes(self, code: str) -> bool:
        """Tell whether a one-time code is right; none is taken twice (RFC 6238, 5.2)."""
        if code in self.used or not pyotp.TOTP(self.key).verify(code, valid_window=1):
            return False
        self.used.add(code)
        return True

    def account(self) -> Response:
        action, asks = f"{self.prefix}/logout", ""
        if self.has(Shape.CONFIRM_DIALOG):
            asks = " onsubmit=\"return confirm('Really?')\""
        out = f'<form method="post" action="{action}"{asks}><button>Log out</button></form>'
        if self.has(Shape.CONFIRM_PAGE):
            out = f'<a href="{self.prefix}/leave">Log out</a>'
        if self.has(Shape.MENU):
            shown = "this.nextElementSibling.hidden = !this.nextElementSibling.hidden"
            out = f'<button aria-haspopup="menu" onclick="{shown}">{USER}</button><div role="menu" hidden>{out}</div>'
        return self.page("Your things", out)

    def page(self, title: str, body: str) -> Response:
        icon = '<link rel="icon" href="data:,">'
        banner = BANNER if self.has(Shape.COOKIE_BANNER) else ""
        text = f"<!doctype html><html lang=en><title>{title}</title>{icon}<main><h1>{title}</h1>{body}</main>{banner}"
        return Response(text, content_type="text/html; charset=utf-8")

    def with_session(self, response: Response, sid: str) -> Response:
        response.set_cookie("sid", sid, httponly=True, samesite="Lax", path="/")
        return response

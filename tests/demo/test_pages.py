"""Pages as the server sends them."""

from __future__ import annotations

import re

import pytest

from smoke.demo.products.betterprompts.requests import local_path
from tests.demo.client import Client, Demo

PUBLIC = ["/", "/enhance", "/techniques", "/documentation", "/login", "/register"]
PROTECTED = ["/dashboard", "/history", "/profile", "/settings"]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_are_open(visitor: Client, path: str) -> None:
    """Everybody may read them; each says which build it is and has one main heading at most."""
    reply = visitor.get(path)
    assert reply.status == 200
    assert '<meta name="build" content="build-7">' in reply.text
    assert len(re.findall("<h1", reply.text)) == (0 if path == "/login" else 1)


@pytest.mark.parametrize("path", PROTECTED)
def test_protected_pages_send_visitors_to_the_login(visitor: Client, path: str) -> None:
    """Without a session the answer is a redirect that remembers the page."""
    reply = visitor.get(path)
    assert (reply.status, reply.headers["Location"]) == (307, f"/login?redirect={path}")


@pytest.mark.parametrize("path", PROTECTED)
def test_protected_pages_open_with_a_session(member: Client, path: str) -> None:
    """With a session the page is there and offers the account menu."""
    reply = member.get(path)
    assert reply.status == 200
    assert "Log out" in reply.text


def test_history_shows_what_was_saved(member: Client) -> None:
    """A saved prompt is on the history page, with its markup escaped."""
    member.post("/api/v1/enhance", {"text": "Explain <b>bold</b> tags"})
    assert "Explain &lt;b&gt;bold&lt;/b&gt; tags" in member.get("/history").text


@pytest.mark.parametrize("name", ["redirect", "from"])
def test_login_remembers_where_to_go(visitor: Client, name: str) -> None:
    """Both names of the target are honoured."""
    assert 'data-target="/history"' in visitor.get(f"/login?{name}=/history").text


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
     "/\t/evil.example", "", "history", "/login?redirect=/login"],
)  # fmt: skip
def test_login_goes_nowhere_else(target: str) -> None:
    """A target that is not a path on this site becomes the homepage."""
    assert local_path(target) == "/"


@pytest.mark.parametrize("target", ["/history", "/history?page=2#top", "/"])
def test_login_goes_to_local_paths(target: str) -> None:
    """A path on this site is kept as it is."""
    assert local_path(target) == target


def test_login_is_skipped_with_a_session(member: Client) -> None:
    """Who is signed in goes on to where they wanted to be."""
    reply = member.get("/login?redirect=/settings")
    assert (reply.status, reply.headers["Location"]) == (303, "/settings")


def test_sign_in_and_account_take_turns(visitor: Client, member: Client) -> None:
    """The banner offers one of the two, depending on the session."""
    out, into = visitor.get("/").text, member.get("/").text
    assert [">Sign in<" in out, "Log out" in out] == [True, False]
    assert [">Sign in<" in into, "Log out" in into] == [False, True]


def test_missing_pages_are_pages(visitor: Client) -> None:
    """A wrong address is answered with 404, as a page for people and as JSON for programs."""
    page, call = visitor.get("/nowhere"), visitor.get("/api/v1/nowhere")
    assert (page.status, call.status) == (404, 404)
    assert "<h1>Not Found</h1>" in page.text
    assert call.json == {"error": "Not Found"}


def test_every_file_of_the_homepage_is_there_for_good(visitor: Client) -> None:
    """Styles, scripts and icon exist and may be cached for ever, since their address changes with them."""
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', visitor.get("/").text))
    assert len(files) >= 6
    for file in files:
        reply = visitor.get(file)
        assert reply.status == 200, file
        assert "immutable" in reply.headers["Cache-Control"]


def test_pages_are_not_cached(member: Client) -> None:
    """After a logout the back button shows nothing of the account."""
    assert member.get("/history").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/static/x/../app.py", "/static/x/%2e%2e/app.py", "/static/x/none.css"])
def test_only_listed_files_are_served(visitor: Client, path: str) -> None:
    """There is no way out of the folder of files."""
    assert visitor.get(path).status == 404


def test_pages_come_at_once(demo: Demo) -> None:
    """The best of five homepage answers takes less than 20 ms."""
    times = [float(demo.visitor().get("/").headers["Server-Timing"].split("=")[-1]) for _ in range(5)]
    assert min(times) < 20

"""The address of a browser server: what is one, and which parts of it are secrets."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from smoke.browser.server import VARIABLE, browser_server, server_secrets, unlike, unserved
from smoke.secrets.secret import Scrubber

LISTED = quote('{"args": ["--key", "hunter-hunter-9"], "retries": 3}')
CAPABILITIES = quote('{"os": "Windows 11", "user": "ann", "grid": {"accessKey": "abcdefgh"}, "build": "smoke"}')


@pytest.mark.parametrize("text", ["", "  "])
def test_no_address_is_no_server(text: str) -> None:
    """A variable of a pipeline that is not set starts a browser here."""
    assert browser_server({VARIABLE: text}) is None
    assert server_secrets({VARIABLE: text}) == ()


@pytest.mark.parametrize(
    "text",
    ["grid.example", "http://grid.example/", "wss:///path", "ws://grid.example:0/", "ws://g:x/", "ws://a b/"],
)
def test_what_is_no_address_of_a_server_is_refused(text: str) -> None:
    """With what is wanted, and without what was said."""
    with pytest.raises(ValueError, match=r"^is ws://HOST:PORT/PATH or wss://HOST/PATH") as refused:
        browser_server({VARIABLE: text})
    assert text not in str(refused.value)


@pytest.mark.parametrize("text", ["ws://ann:abc@grid.example/", "wss://grid.example/?token=abc"])
def test_a_secret_that_cannot_be_masked_is_refused(text: str) -> None:
    """As any other."""
    with pytest.raises(ValueError, match="too short to be kept out of reports"):
        browser_server({VARIABLE: text})


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("ws://127.0.0.1:3000/wS7canary9", "wS7canary9"),
        ("wss://grid.example/playwright?token=hunterhunter", "hunterhunter"),
        ("wss://ann:hunter@grid.example/", "hunter"),
        ("wss://hunter@grid.example/", "hunter"),
        ("wss://grid.example/?x=1234-abcd-5678", "1234-abcd-5678"),
        (f"wss://grid.example/playwright?capabilities={CAPABILITIES}", "abcdefgh"),
        (f"wss://grid.example/playwright?capabilities={LISTED}", "hunter-hunter-9"),
        ("wss://grid.example/playwright?capabilities={token&key=hunter-hunter-9", "hunter-hunter-9"),
        ("ws://grid.example/abcdefghijklmnopqrstuvw", "abcdefghijklmnopqrstuvw"),
    ],
)
def test_whatever_may_be_a_token_is_masked_by_itself(text: str, secret: str) -> None:
    """In path, query, user, and in what vendors have written as JSON."""
    scrubber = Scrubber(server_secrets({VARIABLE: text}))
    assert scrubber.text(f"it is {secret}.") == "it is ***."
    assert scrubber.text(f"connecting {text} …").startswith("connecting ***")


def test_words_that_stand_in_every_report_are_not_masked() -> None:
    """The path of a server, and what it is asked for, would blacken everything."""
    scrubber = Scrubber(
        server_secrets({VARIABLE: f"wss://grid.example/playwright?capabilities={CAPABILITIES}&browser=chromium"})
    )
    text = "smoke in chromium at grid.example by playwright"
    assert scrubber.text(text) == text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "BrowserType.connect: 428 Precondition Required\n  - server version: v1.40.0\n  - client version: v1.65.0",
            "has Playwright 1.40.0, and this is Playwright 1.65.0; let it run Playwright 1.65.0",
        ),
        ("BrowserType.connect: Executable doesn't exist at /x", "has no firefox of its Playwright; run `playwright in"),
        ("BrowserType.connect: Timeout 5000ms exceeded.", "gave no browser within 5 s; see whether it is reached"),
        (
            "BrowserType.connect: WebSocket error: wss://grid/?token=abc 401 Unauthorized",
            "refuses us (401 Unauthorized); see whether path and token of the address are right",
        ),
        (
            "BrowserType.connect: WebSocket error: connect ECONNREFUSED",
            "is not reached, or ends the session (connect ECONNREFUSED); see whether it runs",
        ),
    ],
)
def test_a_server_that_gives_no_browser_is_told_with_the_way_out(said: str, told: str) -> None:
    """Nothing of its address is repeated."""
    text = unserved("firefox", said, 5.0)
    assert text.startswith(f"{VARIABLE}: the browser server {told}")
    assert "grid" not in text


def test_a_server_with_another_browser_is_told() -> None:
    assert unlike("firefox", "chromium") == (
        f"{VARIABLE}: the browser server runs chromium, not firefox; name one that does, or say --browser chromium"
    )

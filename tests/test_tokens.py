from __future__ import annotations

import json

import pytest

from smoke.secrets.tokens import in_headers, in_query, is_secret_cookie, without_tokens

NAMES = ("access_token", "AccessToken", "sessionToken", "csrf", "password", "apiKey", "session_id", "jwt")
VALUES = ("plain123", "abc/SecondHalf", 'with"quote', "with\\\\slash", "ünï")


def nested(value: object, depth: int) -> str:
    text = json.dumps(value)
    return text if depth == 0 else nested({"body": text}, depth - 1)


@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", NAMES)
def test_a_field_with_a_telling_name_is_masked(name: str, value: str, depth: int) -> None:
    """Also with escapes in it, and within JSON within JSON; what stands beside it stays."""
    told = without_tokens(nested({name: value, "kept": "kept"}, depth).encode())
    assert told.decode() == nested({name: "***", "kept": "kept"}, depth)


@pytest.mark.parametrize("written", [rb"abc\/Second", rb"abc\u002fSecond", rb"a\\nSecond"])
def test_an_escape_does_not_end_a_token(written: bytes) -> None:
    """As PHP writes a slash."""
    assert without_tokens(b'{"token":"' + written + b'","k":1}') == b'{"token":"***","k":1}'


def test_cookies_headers_and_parameters_of_a_trace_are_masked() -> None:
    """Every cookie, and what else is a secret by its name; other headers stay."""
    entry = {
        "cookies": [{"name": "sid", "value": "a]b"}, {"name": "x", "value": "y"}],
        "headers": [
            {"name": "Authorization", "value": "Bearer x.y"},
            {"name": ":authority", "value": "shop.example"},
            {"name": "X-Auth-Token", "value": "v"},
            {"name": "Set-Cookie", "value": "sid=1; Path=/"},
            {"name": "accept", "value": "text/html"},
        ],
        "queryString": [{"name": "access_token", "value": "abc"}],
        "url": "https://shop.example/?access_token=abc&page=2",
    }
    left = json.loads(without_tokens(json.dumps(entry).encode()))
    assert left["cookies"] == []
    assert [each["value"] for each in left["headers"]] == ["***", "shop.example", "***", "***", "text/html"]
    assert left["queryString"][0]["value"] == "***"
    assert left["url"] == "https://shop.example/?access_token=***&page=2"


def test_secrets_of_requests_are_recognised_by_name() -> None:
    """Values that are words, such as kinds of session, are none."""
    headers = {"authorization": "Bearer T0ken123456", ":authority": "a.b.example1", "x-session-kind": "anonymous"}
    assert list(in_headers({**headers, "x-api-key": "k3y-of-the-shop", "accept": "text/html;q=0.9"})) == [
        "T0ken123456",
        "k3y-of-the-shop",
    ]
    assert list(in_headers({"set-cookie": "a=12345678; Path=/\nb=abcdefghi1; HttpOnly\nc=dark"})) == [
        "12345678",
        "abcdefghi1",
    ]
    assert list(in_headers({"set-cookie": 'a="X234567X"; Path=/; Max-Age=1\nb=MTIzNDU2Nzg5MA==; Path=/'})) == [
        "X234567X",
        "MTIzNDU2Nzg5MA==",
    ]
    assert list(in_headers({"sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "x-token": "Anonymous"})) == []
    assert list(in_headers({"x-token": "T0ken123"})) == ["T0ken123"]
    assert list(in_query("https://a/p?token=T0kenInTheUrl&page=12345678")) == ["T0kenInTheUrl"]


@pytest.mark.parametrize(
    ("name", "value", "is_secret"),
    [
        ("sid", "a9f3c2e17b40", True),
        ("theme", "dark-mode1", False),
        ("x", "0123456789abcdef", True),
        ("sid", "1", False),
    ],
)
def test_a_cookie_is_a_secret_by_its_length_or_its_name(name: str, value: str, is_secret: bool) -> None:
    """A setting such as ``dark`` is none."""
    assert is_secret_cookie(name, value) is is_secret

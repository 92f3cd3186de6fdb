"""What is looked for in every answer, unasked: each flaw once there, and what only looks like it."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from typing import Any

import pytest

from smoke.answers.encoding import decoded
from smoke.answers.exchange import Exchange
from smoke.answers.expectations import judge
from smoke.answers.shapes import Expect, Flaw
from smoke.answers.soundness import LOOKS
from smoke.model import Blame
from tests.support.exchanges import an_answer

PAGE = "<!doctype html><html><head><title>Shop</title></head><body><h1>Shop</h1></body></html>"


def a_page(body: str | bytes = PAGE, kind: str = "text/html; charset=utf-8", **headers: str) -> Exchange:
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return an_answer(body, headers={"Content-Type": kind, **said})


def a_document(body: str | bytes, **headers: str) -> Exchange:
    return a_page(body, "application/json", **headers)


def signed(answer: Exchange, name: str = "Authorization") -> Exchange:
    return replace(answer, request=replace(answer.request, headers=((name, "x"),)))


UNSOUND: list[tuple[Flaw, Exchange, str]] = [
    (Flaw.ENCODING, a_page(Content_Encoding="gzip"), "body is gzip, as its Content-Encoding says"),
    (Flaw.NOT_JSON, a_document('{"a": 1'), "body is JSON, as its content type says"),
    (Flaw.NOT_JSON, a_document(""), "body is JSON, as its content type says"),
    (Flaw.NOT_JSON, a_document('{"a": NaN}'), "NaN is no number"),
    (Flaw.NOT_JSON, a_page("x", "application/problem+json"), "body is JSON, as its content type says"),
    (Flaw.PAGE_IN_DISGUISE, a_page(kind="text/plain"), "body is text/plain, as its content type says"),
    (Flaw.PAGE_IN_DISGUISE, a_page(f"\n {PAGE}", "text/csv"), "body is text/csv, as its content type says"),
    (Flaw.DOWNLOAD, a_page(Content_Disposition="attachment"), "the page is shown"),
    (Flaw.CHARSET, a_page(b"caf\xe9"), "body is utf-8 text"),
    (Flaw.CHARSET, a_page("x", "text/html; charset=klingon"), "charset klingon is one that is known"),
    (Flaw.CHARSET, a_page("caf\ufffd"), "was lost in decoding (U+FFFD): 'caf\ufffd'"),
    (Flaw.CHARSET, a_document(r'{"name": "caf\ufffd"}'), 'was lost in decoding (U+FFFD): \'{"name": "caf\ufffd"}\''),
    (Flaw.CHARSET, a_page("caf\u00c3\u00a9"), "encoded twice: 'caf\u00c3\u00a9'"),
    (Flaw.CHARSET, a_document(r'{"name": "it\u00e2\u20ac\u2122s"}'), "encoded twice"),
    (Flaw.CHARSET, a_page(PAGE.encode("utf-16-le")), "body is text without zero bytes"),
    (Flaw.HALF, a_page(PAGE[:-20]), "the page is whole: it ends in"),
    (Flaw.HALF, a_page(f"{PAGE}<di"), "the page is whole: it ends in"),
    (Flaw.CRASHED, a_page("<title>502 Bad Gateway</title>"), "not that of a crash: '<title>502 Bad Gateway</title>'"),
    (Flaw.CRASHED, a_page(PAGE * 2), "not that of a crash: '</html><!doctype html'"),
    (Flaw.CRASHED, a_document('{"e": "Traceback (most recent call last):"}'), "not that of a crash: 'Traceback"),
    (Flaw.CERTIFICATE, replace(a_page(), tls_days_left=1.5), "days left of the certificate (1.5) >= 2"),
    (
        Flaw.KEY,
        a_page(f"{PAGE[:-15]}<!-- AKIA{'Q7' * 8} -->{PAGE[-15:]}"),
        "the answer does not show an AWS access key",
    ),
    (Flaw.KEY, a_document(f'{{"token": "ghp_{"a1" * 18}"}}'), "does not show a GitHub token"),
    (Flaw.KEY, a_page("-----BEGIN RSA PRIVATE KEY-----", "text/plain"), "does not show a private key"),
    (Flaw.SHARED_CACHE, signed(a_document("{}", Age="30")), "not 30 s old from a cache"),
    (Flaw.SHARED_CACHE, signed(a_document("{}", Age="30"), "Cookie"), "not 30 s old from a cache"),
]
SOUND: list[Exchange] = [
    an_answer(""),
    an_answer(b"\x89PNG\r\n\x1a\n\x00", headers={"Content-Type": "image/png"}),
    an_answer("[1, 2", headers={"Content-Type": "text/plain"}),
    a_page(),
    a_page("<!doctype html><title>Shop</title><p>No end tag need be there"),
    a_page(f"<!doctype html><p>One</p><script>if (1 < 2) x('</html>')</script><!-- a < b -->{PAGE[15:]}"),
    a_page(b"caf\xe9", "text/html; charset=iso-8859-1"),
    a_page(b"caf\xe9", "text/html"),
    a_page("<title>404 ways to cook</title>", "text/plain"),
    a_page("<title>Error handling in Rust</title>"),
    replace(a_page("<title>404 Not Found</title>"), status=404),
    replace(a_document(""), status=201),
    replace(a_document(""), status=204),
    a_document("\ufeff{}"),
    a_document(r'{"path": "C:\\ufffd", "face": "\ud83d\ude00", "end": "\u0000", "name": "caf\u00e9"}'),
    a_page("\u00abIRM\u00c3\u00bb, \u00abCAF\u00c9\u00bb, 5 \u00a3, \u00a9 2026"),
    a_document(f'{{"picture": "https://s3.example/a.png?X-Amz-Credential=AKIA{"Q7" * 8}/20261121/eu/s3"}}'),
    a_document('{"key": "-----BEGIN PUBLIC KEY-----"}'),
    a_document("{}", Age="30"),
    signed(a_document("{}", Age="0")),
    signed(a_document("{}", Age="30", Vary="Accept, Authorization")),
    replace(a_page(), tls_days_left=3.0),
]


def rules(answer: Exchange, *accepted: Flaw) -> list[str]:
    return [finding.rule for finding in judge(Expect(status=answer.status, accepts=accepted), answer)]


@pytest.mark.parametrize(("flaw", "answer", "rule"), UNSOUND, ids=lambda value: value if isinstance(value, str) else "")
def test_a_flaw_is_told_unasked_and_may_be_accepted(flaw: Flaw, answer: Exchange, rule: str) -> None:
    """A probe that asks for a status alone tells of it, once; one that accepts it does not."""
    (said,) = rules(answer)
    assert rule in said
    assert rules(answer, flaw) == []


@pytest.mark.parametrize("answer", SOUND, ids=lambda answer: answer.text[:20].encode("ascii", "replace").decode())
def test_what_only_looks_like_a_flaw_is_none(answer: Exchange) -> None:
    """End tags that HTML lets one leave out, words in titles, other charsets, caches that tell accounts apart."""
    assert rules(answer) == []


def test_every_flaw_is_looked_for_and_tested() -> None:
    """No flaw can be accepted that nobody looks for."""
    assert {flaw for flaw, *_ in UNSOUND} == set(Flaw)
    assert set(LOOKS) == set(Flaw) - {Flaw.CERTIFICATE}


def test_a_certificate_that_ends_is_not_the_answers_fault() -> None:
    """It has the blame of other trouble with TLS."""
    (finding,) = judge(Expect(), replace(a_page(), tls_days_left=0.5))
    assert finding.blame is Blame.TLS


@pytest.mark.parametrize(
    ("said", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("GZIP", gzip.compress)]
)
def test_a_compressed_body_is_read(said: str, pack: Any) -> None:
    """A server may compress though nobody asked (RFC 9110, 12.5.3); judges see what was meant."""
    headers = (("Content-Type", "text/plain"), ("content-encoding", said))
    assert decoded(headers, pack(b"healthy"), 100) == (headers[:1], b"healthy")


@pytest.mark.parametrize("body", [b"healthy", gzip.compress(b"healthy")[:-9], b""])
def test_a_body_that_is_not_what_it_says_stays_as_it_is(body: bytes) -> None:
    """So that its Content-Encoding can be told as a flaw."""
    headers = (("Content-Encoding", "gzip"),)
    assert decoded(headers, body, 100) == (headers, body)


def test_no_more_is_unpacked_than_is_read() -> None:
    """A small body may be packed from a very large one."""
    _, plain = decoded((("Content-Encoding", "gzip"),), gzip.compress(b"0" * 10_000), 100)
    assert len(plain) == 100

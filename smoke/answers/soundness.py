"""What any answer must be, whatever a probe asks of it: readable, whole, and what its headers call it. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator

from smoke.answers.encoding import ENCODINGS
from smoke.answers.exchange import Exchange
from smoke.answers.shapes import Flaw
from smoke.secrets.tokens import KEYS

Looks = Callable[[Exchange], Iterator[str]]
LOOKS: dict[Flaw, Looks] = {}

PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)\b", re.IGNORECASE)
SECOND = re.compile(r"</html>\s*<(?:!doctype html|html)\b", re.IGNORECASE)
CRASHED = re.compile(
    r"Traceback \(most recent call last\)|<b>(?:Fatal|Parse) error</b>:|Whitelabel Error Page"
    r"|Application error: a (?:client|server)-side exception|\bat [\w.$<>]+\([\w.]+\.java:\d+\)"
)
ERROR_TITLE = re.compile(
    r"<title[^>]*>\s*(?:[45]\d\d\b[^<]*|(?:internal server|application|server) error[^<]*|bad gateway[^<]*"
    r"|service (?:temporarily )?unavailable[^<]*|gateway time-?out[^<]*|error|welcome to nginx!?)\s*</title>",
    re.IGNORECASE,
)
RAW = re.compile(r"<!--[\s\S]*?(?:-->|\Z)|<(script|style|title|textarea)\b[^>]*>[\s\S]*?(?:</\1\s*>|\Z)", re.IGNORECASE)
"""What stands in a page without being markup: it may look like a tag."""
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)")
"""Of a letter, in a text of JSON (RFC 8259, 7)."""
DOUBLE = re.compile(
    "\u00c3[\u00a1-\u00aa\u00ac-\u00ba\u00bc]|\u00e2\u20ac[\u2122\u0153\u00a6\u201c]|\u00c2[\u00a3\u00a9]"
)
"""What letters of Western Europe, quotation marks and signs become when UTF-8 is read as Latin-1 and encoded again. No
language writes so: where a capital may stand before a closing quotation mark, that is left out."""
SIGNED = ("authorization", "cookie")


def look(flaw: Flaw) -> Callable[[Looks], Looks]:
    """Register who looks for a flaw."""

    def register(looks: Looks) -> Looks:
        LOOKS[flaw] = looks
        return looks

    return register


def flaws(exchange: Exchange, accepted: tuple[Flaw, ...]) -> Iterator[str]:
    """Yield as a rule what is unsound about ``exchange``, without the ``accepted`` flaws."""
    for flaw, looks in LOOKS.items():
        if flaw not in accepted:
            yield from looks(exchange)


def kind_of(exchange: Exchange) -> str:
    """Return the media type that an answer says it has, in lower case; empty where it says none."""
    return media_type(exchange.header("content-type"))


def media_type(said: str | None) -> str:
    """Return the media type of a Content-Type, in lower case; empty where there is none."""
    return (said or "").partition(";")[0].strip().lower()


def is_json(kind: str) -> bool:
    """Tell whether a media type is JSON (RFC 8259, and RFC 6839 for ``+json``)."""
    return kind == "application/json" or kind.endswith("+json")


def has_body(exchange: Exchange) -> bool:
    """Tell whether an answer may have a body at all (RFC 9110, 6.4.1)."""
    return exchange.request.method not in {"HEAD", "WS"} and exchange.status not in {204, 304}


@look(Flaw.ENCODING)
def _encoding(exchange: Exchange) -> Iterator[str]:
    said = (exchange.header("content-encoding") or "").strip().lower()
    if said in ENCODINGS and exchange.body:
        yield f"body is {said}, as its Content-Encoding says"


@look(Flaw.NOT_JSON)
def _not_json(exchange: Exchange) -> Iterator[str]:
    if not is_json(kind_of(exchange)) or not has_body(exchange) or (not exchange.body and exchange.status != 200):
        return
    try:
        _ = exchange.json
    except ValueError as error:
        yield f"body is JSON, as its content type says ({error})"


@look(Flaw.PAGE_IN_DISGUISE)
def _page_in_disguise(exchange: Exchange) -> Iterator[str]:
    kind = kind_of(exchange)
    if kind and not is_json(kind) and not kind.endswith(("html", "xml")) and PAGE.match(exchange.body):
        yield f"body is {kind}, as its content type says, not an HTML page"


@look(Flaw.DOWNLOAD)
def _download(exchange: Exchange) -> Iterator[str]:
    said = (exchange.header("content-disposition") or "").strip().lower()
    if kind_of(exchange) == "text/html" and said.startswith("attachment"):
        yield "the page is shown, not kept as a file (Content-Disposition: attachment)"


@look(Flaw.CHARSET)
def _charset(exchange: Exchange) -> Iterator[str]:
    kind = kind_of(exchange)
    if not (kind.startswith("text/") or is_json(kind)) or (exchange.header("content-encoding") or "").strip():
        return
    said = _said_charset(exchange)
    try:
        text = exchange.body.decode(codecs.lookup(said or "utf-8").name)
    except LookupError:
        yield f"charset {said} is one that is known"
    except UnicodeDecodeError as error:
        if said or is_json(kind):
            yield f"body is {said or 'utf-8'} text ({error.reason} at byte {error.start})"
    else:
        yield from _misread(ESCAPE.sub(_letter, text) if is_json(kind) else text)


def _misread(text: str) -> Iterator[str]:
    if "\x00" in text:
        yield "body is text without zero bytes"
    elif (told := garbled(text)) is not None:
        yield f"body has no {told}"


def garbled(text: str) -> str | None:
    """Say what of ``text`` was misread before it came here, with a little around it; None where nothing was."""
    if (at := text.find("\ufffd")) >= 0:
        return f"text that was lost in decoding (U+FFFD): {_around(text, at)!r}"
    found = DOUBLE.search(text)
    return f"text that was encoded twice: {_around(text, found.start())!r}" if found else None


def _letter(found: re.Match[str]) -> str:
    """Return the letter that an escape of JSON stands for; halves of a pair, and ASCII, stay as they are written."""
    code = int(found[1], 16) if found[1] else 0
    return chr(code) if code > 0x7F and not 0xD800 <= code <= 0xDFFF else found[0]


def _around(text: str, at: int) -> str:
    return " ".join(text[max(0, at - 20) :][:40].split())


def _said_charset(exchange: Exchange) -> str:
    found = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", exchange.header("content-type") or "", re.IGNORECASE)
    return found[1] if found else ""


@look(Flaw.HALF)
def _half(exchange: Exchange) -> Iterator[str]:
    """A page that ends within a tag; or that ends its head, which it need not (HTML, 13.1.2.4), but not its body."""
    if kind_of(exchange) != "text/html" or not PAGE.match(exchange.body):
        return
    text = exchange.text.lower()
    markup = RAW.sub("", text)
    ends_head_alone = "</head>" in text and "<body" in text and "</body>" not in text and "</html>" not in text
    if markup.rfind("<") > markup.rfind(">") or ends_head_alone:
        yield f"the page is whole: it ends in {' '.join(exchange.text[-40:].split())!r}"


@look(Flaw.CRASHED)
def _crashed(exchange: Exchange) -> Iterator[str]:
    if exchange.request.method == "WS" or not (is_json(kind := kind_of(exchange)) or kind.startswith("text/")):
        return
    found = CRASHED.search(exchange.text)
    if found is None and kind == "text/html" and exchange.status < 300:
        found = ERROR_TITLE.search(exchange.text) or SECOND.search(exchange.text)
    if found is not None:
        yield f"the answer is not that of a crash: {' '.join(found[0].split())[:80]!r}"


@look(Flaw.SHARED_CACHE)
def _shared_cache(exchange: Exchange) -> Iterator[str]:
    """What is made for an account alone is not handed out by a cache that others use (RFC 9111, 3.5)."""
    vary = (exchange.header("vary") or "").lower()
    signed = [name for name in SIGNED if exchange.request.header(name)]
    age = (exchange.header("age") or "0").strip()
    if signed and age.isdigit() and int(age) > 0 and "*" not in vary and not any(name in vary for name in signed):
        yield f"the answer to an account is its own, not {age} s old from a cache that others share (Age)"


@look(Flaw.KEY)
def _key(exchange: Exchange) -> Iterator[str]:
    kind = kind_of(exchange)
    if is_json(kind) or kind.startswith("text/") or kind.endswith("javascript"):
        yield from (f"the answer does not show {what}" for pattern, what in KEYS if pattern.search(exchange.text))

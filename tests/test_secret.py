from __future__ import annotations

import base64
import dataclasses
import html
import json
from collections.abc import Callable
from html.entities import codepoint2name
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.secrets.secret import MASK, Scrubber, Secret, unmaskable
from tests.support.properties import unhurried

VALUE = """p*ss wörd/+&"<'!\\~""" + "\n\r\t\b\f."
HTML_NAMES = {"'": "&apos;", **{chr(code): f"&{name};" for code, name in codepoint2name.items()}}
ESCAPES: dict[str, Callable[[str], str]] = {
    "raw": lambda text: text,
    "in a URL": lambda text: quote(text, safe=""),
    "in a path": quote,
    "in a URL in lower case": lambda text: lower_percent(quote(text, safe="")),
    "by encodeURIComponent": lambda text: quote(text, safe="!'()*"),
    "by encodeURI": lambda text: quote(text, safe=";,/?:@&=+$-_.!~*'()#"),
    "in a URL in a URL": lambda text: quote(quote(text, safe=""), safe=""),
    "in a form by Python": quote_plus,
    "in a form by a browser": lambda text: quote_plus(text, safe="*").replace("~", "%7E"),
    "in JSON": lambda text: json.dumps(text)[1:-1],
    "in JSON as UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "in JSON with escaped slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "in JSON in JSON": lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1],
    "in HTML": html.escape,
    "in HTML without quotes": lambda text: html.escape(text, quote=False),
    "in HTML by number": lambda text: "".join(c if c.isalnum() else f"&#{ord(c)};" for c in text),
    "in HTML by name": lambda text: "".join(HTML_NAMES.get(c, c) for c in text),
    "in HTML in JSON": lambda text: json.dumps(html.escape(text))[1:-1],
    "in Python": lambda text: repr(text)[1:-1],
}


def lower_percent(text: str) -> str:
    parts = text.split("%")
    return parts[0] + "".join(f"%{part[:2].lower()}{part[2:]}" for part in parts[1:])


def test_a_secret_never_prints_itself() -> None:
    """Neither print, format, repr, nor the repr of something that holds it shows a secret."""

    @dataclasses.dataclass
    class Account:
        password: Secret

    secret = Secret("hunter2hunter")
    assert {str(secret), repr(secret), f"{secret}", f"{secret!r}", "{}".format(secret)} == {MASK}  # noqa: UP032
    assert "hunter2" not in repr(Account(secret))
    assert "hunter2" not in str([secret])
    assert secret.reveal() == "hunter2hunter"


@pytest.mark.parametrize("where", ESCAPES)
def test_a_secret_is_masked_however_it_is_written(where: str) -> None:
    """Whatever a browser, a server or a log makes of a secret, all of it becomes stars."""
    written = ESCAPES[where](VALUE)
    scrubber = Scrubber([Secret(VALUE)])
    assert scrubber.text(f"before {written} after") == "before *** after"
    assert scrubber.data(f"before {written} after".encode()) == b"before *** after"


@pytest.mark.parametrize("before", [b"", b"a", b"ab", b"abc", b"user:"])
@pytest.mark.parametrize("after", [b"", b"x", b"xy", b"xyz"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_is_masked_at_every_alignment(before: bytes, after: bytes, encode: Callable[[bytes], bytes]) -> None:
    """A secret within a longer text, such as a basic Authorization header, is found in its base64."""
    secret = "hunter2?>ÿÿ~~"
    written = encode(before + secret.encode() + after).decode()
    scrubber = Scrubber([Secret(secret)])
    assert leaks_nothing(scrubber.text(f"Basic {written}"), secret)
    assert leaks_nothing(scrubber.data(f"Basic {written}".encode()).decode(), secret)


def test_base64_in_a_url_is_masked() -> None:
    """Plus and slash of base64 are found where a URL or JSON escapes them."""
    secret = "hunter2?>ÿÿ~~"
    written = base64.b64encode(secret.encode()).decode()
    assert "+" in written or "/" in written
    for text in (quote(written, safe=""), written.replace("/", "\\/")):
        assert Scrubber([Secret(secret)]).text(text).startswith(MASK)


def leaks_nothing(scrubbed: str, secret: str) -> bool:
    """Whether something was masked, and no rest, read as base64 from any letter on, holds the secret."""
    rests = scrubbed.removeprefix("Basic ").replace("-", "+").replace("_", "/").split(MASK)
    starts = [rest[shift:].rstrip("=") for rest in rests for shift in range(4)]
    decoded = [base64.b64decode(part[: len(part) // 4 * 4]) for part in starts]
    return len(rests) > 1 and not any(secret.encode() in each for each in decoded)


SECRETS = st.text(st.characters(exclude_characters="*", exclude_categories=["Cs"]), min_size=4, max_size=20)
AROUND = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@unhurried
@given(secret=SECRETS, before=AROUND, after=AROUND, where=st.sampled_from(sorted(ESCAPES)))
def test_no_encoding_of_any_secret_survives(secret: str, before: str, after: str, where: str) -> None:
    """Whatever the secret and whatever stands around it, no way of writing it is left."""
    written = ESCAPES[where](secret)
    scrubber = Scrubber([Secret(secret)])
    assert written not in scrubber.text(before + written + after)
    assert written.encode() not in scrubber.data((before + written + after).encode())


@unhurried
@given(secret=SECRETS, before=st.binary(max_size=5), after=st.binary(max_size=5))
def test_no_base64_of_any_secret_survives(secret: str, before: bytes, after: bytes) -> None:
    """Whatever stands before and after a secret in base64, it cannot be read back."""
    written = base64.b64encode(before + secret.encode() + after)
    scrubber = Scrubber([Secret(secret)])
    assert leaks_nothing(scrubber.text(written.decode()), secret)
    assert leaks_nothing(scrubber.data(written).decode(), secret)


@pytest.mark.parametrize("secret", ["hunter2!", "hunter22!", "hunter222!", "hunterW"], ids=len)
@pytest.mark.parametrize("before", [b"", b"u", b"us", b"use"])
@pytest.mark.parametrize("after", [b"", b"~", b"~~", b"~~~"])
def test_of_base64_only_letters_with_something_else_in_them_are_left(secret: str, before: bytes, after: bytes) -> None:
    """A letter has six bits: those at the edges may be of two bytes."""
    written = base64.b64encode(before + secret.encode() + after).decode().rstrip("=")
    first, last = -(-len(before) * 8 // 6), (len(before) + len(secret)) * 8 // 6
    assert Scrubber([Secret(secret)]).text(written) == f"{written[:first]}{MASK}{written[last:]}"


@unhurried
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_other_text_is_left_alone(text: str) -> None:
    """Without secrets, and where none occurs, nothing changes."""
    assert Scrubber().text(text) == text
    assert Scrubber().data(text.encode()) == text.encode()
    assert Scrubber([Secret("hunter2 hunter2 hunter2")]).text(text) == text


def test_a_plus_stands_for_a_blank_only() -> None:
    """What only looks like a secret in a form is left alone."""
    assert Scrubber([Secret("a/b/c/d")]).text("a+b+c+d") == "a+b+c+d"
    assert Scrubber([Secret("a b c d")]).text("a+b+c+d") == MASK


def test_a_secret_is_masked_from_when_it_is_learned() -> None:
    """A one-time code that appears during the run is a secret from then on."""
    scrubber = Scrubber([Secret("hunter2hunter")])
    assert scrubber.text("code 492039") == "code 492039"
    scrubber.learn("492039")
    assert scrubber.text("code 492039, hunter2hunter") == "code ***, ***"
    assert scrubber.data(b"code 492039, hunter2hunter") == b"code ***, ***"
    scrubber.learn("492039")
    assert scrubber.text("code 492039, hunter2hunter") == "code ***, ***"


def test_a_short_value_is_not_masked() -> None:
    """A value of three characters would blacken every page."""
    assert Scrubber([Secret("the"), Secret("")]).text("the whole page") == "the whole page"


def test_a_short_value_with_blanks_around_it_is_masked_with_all_of_them() -> None:
    """Without them it would be too short, and blanks alone stand everywhere."""
    scrubber = Scrubber([Secret("the\t  ")])
    assert scrubber.text("in the whole page") == "in the whole page"
    assert scrubber.text("in the\t  whole page") == f"in {MASK}whole page"


@pytest.mark.parametrize("order", [("hunter", "hunter2hunter"), ("hunter2hunter", "hunter")])
def test_the_longer_of_two_secrets_wins(order: tuple[str, str]) -> None:
    """A secret that begins with another one is masked whole."""
    scrubber = Scrubber(map(Secret, order))
    assert scrubber.text("hunter2hunter") == MASK
    assert scrubber.data(b"hunter2hunter") == MASK.encode()


def test_a_character_that_json_writes_as_two_is_masked() -> None:
    """As it writes all that is beyond the basic plane."""
    assert Scrubber([Secret("key😀9876")]).text(r"a key\ud83d\uDE009876 b") == "a *** b"


def test_lines_stay_as_they_are_around_a_secret() -> None:
    """Each ends for itself: blanks after what was cut off belong to its line."""
    scrubber = Scrubber([Secret("Corr3ctHorse")])
    for text, left in {
        "a\nCorr3ctHorse\r\n\nb": "a\n***\r\n\nb",
        "said Corr3ct  \nmore": "said ***  \nmore",
        "Corr3ctHorse XX\nXX": "*** XX\nXX",
    }.items():
        assert scrubber.text(text) == left
        assert scrubber.data(text.encode()) == left.encode()


def test_bytes_that_are_no_text_pass() -> None:
    """A binary file is scrubbed byte for byte, and its other bytes stay as they are."""
    assert Scrubber([Secret("hunter2hunter")]).data(b"a\nhunter2hunter\r\nb") == b"a\n***\r\nb"
    assert Scrubber([Secret("hunter2hunter")]).data(b"\xff\x00hunter2hunter\xfe") == b"\xff\x00***\xfe"


LONG = "Corr3ctHorse/Battery Staple"
TOKEN = "eyJhbGciOiJIUzI1NiJ9." + "Qx7" * 60


@pytest.mark.parametrize("after", ["", " ", "…", "...", '"', "\\", "\nnext line", "… and more", ")", "&hellip;", "\\n"])
@pytest.mark.parametrize("cut", [6, 12, 15, 19])
def test_the_beginning_of_a_secret_that_was_cut_off_is_masked(cut: int, after: str) -> None:
    """Where a text was cut in the middle of a secret, nothing of it is left."""
    text = f"said {'x' * 60}{LONG[:cut]}"
    assert Scrubber([Secret(LONG)]).text(text + after) == f"said {'x' * 60}{MASK}{after}"
    assert Scrubber([Secret(LONG)]).data((text + after).encode()) == f"said {'x' * 60}{MASK}{after}".encode()


@pytest.mark.parametrize("cut", [6, 63, 64, 65, 150])
def test_a_long_token_that_was_cut_off_is_masked(cut: int) -> None:
    """However much of it is left."""
    assert Scrubber([Secret(TOKEN)]).text(f"Bearer {TOKEN[:cut]}…") == f"Bearer {MASK}…"
    assert Scrubber([Secret(TOKEN)]).text(f"'Bearer …{TOKEN[-cut:]}' it is") == f"'Bearer …{MASK}' it is"
    assert Scrubber([Secret(TOKEN)]).data(f"...{TOKEN[-cut:]}".encode()) == f"...{MASK}".encode()


@pytest.mark.parametrize("ellipsis", ["...", "…"])
def test_the_end_of_a_secret_after_an_ellipsis_is_masked(ellipsis: str) -> None:
    """As pytest shortens what it compares: from the middle."""
    assert Scrubber([Secret(LONG)]).text(f"== '{LONG[:8]}{ellipsis}{LONG[-9:]}'") == f"== '{MASK}{ellipsis}{MASK}'"


def test_what_is_left_of_a_secret_may_stand_on_two_lines() -> None:
    """As a page breaks it where it has a blank."""
    broken = LONG.replace(" ", "\n")
    scrubber = Scrubber([Secret(LONG)])
    assert scrubber.text(f"said {'x' * 60} {broken[:-3]}…") == f"said {'x' * 60} {MASK}…"
    assert scrubber.text(f"said …{broken[-12:]} to all") == f"said …{MASK} to all"


def test_what_only_begins_like_a_secret_is_left_alone() -> None:
    """Up to the letter in which it differs it may be any word."""
    assert Scrubber([Secret("Corr3ctHorse")]).text('"see Corr3cHello"') == '"see Corr3cHello"'
    assert Scrubber([Secret("abcdef")]).text("abc def") == "abc def"
    assert Scrubber([Secret("a<b>c")]).text("a&apos;b&apos;c") == "a&apos;b&apos;c"


def test_a_word_that_a_secret_begins_with_is_left_alone() -> None:
    """A product whose name begins its password keeps it, until it is glued to something, or a text was cut there."""
    scrubber = Scrubber([Secret("betterprompts-2026")])
    for text, left in {
        '{"suite": "betterprompts"}': '{"suite": "betterprompts"}',
        f'{{"about": "{"a" * 40}", "suite": "betterprompts"}}': f'{{"about": "{"a" * 40}", "suite": "betterprompts"}}',
        "xbetterprompts": f"x{MASK}",
        "xxbetterprompts": f"xx{MASK}",
        "betterpro…": f"{MASK}…",
        "a" * 60 + " betterpro": "a" * 60 + f" {MASK}",
    }.items():
        assert scrubber.text(text) == left
        assert scrubber.data(text.encode()) == left.encode()


@pytest.mark.parametrize("change", [str.upper, str.lower, str.swapcase])
@pytest.mark.parametrize("secret", ["pässWord/123", "PÄSSword/123", "straßen-123"])
def test_a_secret_is_masked_in_any_letter_case(change: Callable[[str], str], secret: str) -> None:
    """As a page that shows it in capitals writes it, also where that takes two letters for one."""
    assert Scrubber([Secret(secret)]).text(f"a {change(secret)} b") == "a *** b"
    assert Scrubber([Secret(secret)]).data(f"a {change(secret)} b".encode()) == b"a *** b"


@pytest.mark.parametrize("secret", ["Corr3ct  Horse\t Battery", " Corr3ct Horse Battery\n", "Corr3ct\nHorse\nBattery"])
def test_a_secret_is_masked_with_its_blanks_collapsed(secret: str) -> None:
    """As a page shows it."""
    assert Scrubber([Secret(secret)]).text("a Corr3ct Horse Battery b").split() == ["a", "***", "b"]
    assert Scrubber([Secret("ab c")]).text("x ab  c y") == "x *** y"


@pytest.mark.parametrize("known", ["jbsw y3dp ehpk 3pxp", "JBSW-Y3DP-EHPK-3PXP", "JBSWY3DPEHPK3PXP"])
@pytest.mark.parametrize("shown", ["JBSWY3DPEHPK3PXP", "jbsw y3dp ehpk 3pxp", "JBSW-Y3DP-EHPK-3PXP"])
def test_a_key_is_masked_however_it_is_grouped(known: str, shown: str) -> None:
    """With blanks, hyphens or none, whichever of them is in the environment."""
    assert Scrubber([Secret(known)]).text(f"key {shown}.") == "key ***."


@pytest.mark.parametrize("shown", ["492039", "492 039", "492-039"])
def test_a_one_time_code_is_masked_however_it_is_grouped(shown: str) -> None:
    """As authenticators and pages write it."""
    assert Scrubber([Secret("492039")]).text(f"code {shown}") == "code ***"
    assert Scrubber([Secret("11492039")]).text("code 1149 2039") == "code ***"


def test_each_line_of_a_secret_is_one() -> None:
    """Of a private key no line is left, whatever stands around it."""
    key = "-----BEGIN KEY-----\r\nMIIEabcdefgh12345\r\nQQzzYYxx998877\r\n-----END KEY-----\r\n"
    assert Scrubber([Secret(key)]).text("> MIIEabcdefgh12345 <") == "> *** <"
    assert Scrubber([Secret("a-line-of-12\na-line-of11")]).text("a-line-of-12, a-line-of11") == "***, a-line-of11"
    assert Scrubber([Secret(" q7!x\n")]).text("is q7!x, q7!") == "is ***, q7!"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("q7!", "is too short to be kept out of reports, which takes 4 characters"),
        ("abcd\udcff", "holds bytes that are no text in UTF-8, so it cannot be kept out of reports"),
        ("abcd", None),
    ],
)
def test_what_cannot_be_masked_is_told(value: str, why: str | None) -> None:
    """Rather than to let it through silently."""
    assert unmaskable(value) == why


def test_a_secret_that_is_no_text_breaks_nothing() -> None:
    """What can be written of it is masked."""
    assert Scrubber([Secret("abcdefgh\udcff")]).text("an abcdefgh") == "an ***"

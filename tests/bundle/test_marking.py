"""The place in an answer that a rule speaks of."""

from __future__ import annotations

import json
from typing import Any

import pytest

from smoke.bundle import marking
from smoke.bundle.curl import curl
from smoke.bundle.scene import Spoken

HEALTH = {"status": "degraded", "services": {"redis": "unhealthy", "list": [{"id": 1}, {"id": 2}]}, "status_text": "x"}


def spoken(answer: object = "", **changes: Any) -> Spoken:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return Spoken(
        **{"method": "GET", "url": "http://shop.example/", "headers": (), "body": "", "answer": text, **changes}
    )


def marked(answer: object, *rules: str) -> list[str]:
    return [line.text.strip() for line in marking.body(spoken(answer), rules) if line.is_marked]


@pytest.mark.parametrize(
    ("rule", "lines"),
    [
        ("status ('degraded') == 'healthy'", ['"status": "degraded",']),
        ("holds within 5 s: services.redis ('unhealthy') == 'healthy'", ['"redis": "unhealthy",']),
        ("services.list[1].id (2) < 2", ['"id": 2']),
        ("$.services.list[0].id fits the schema: 1 is not of type 'string'", ['"id": 1']),
        ("services.smtp (missing) exists", ['"services": {']),
        ("services keys (['list', 'redis']) are exactly ['redis']", ['"services": {']),
        ("gone (missing) exists", []),
        ("status.page.total_ms (900) <= 100", []),
        ("body contains 'healthy'", []),
    ],
)
def test_a_value_of_json_is_marked_by_its_path(rule: str, lines: list[str]) -> None:
    """What is missing is marked where it should be; a rule about something else marks nothing."""
    assert marked(HEALTH, rule) == lines
    assert not marking.status_is_marked([rule])


def test_the_status_is_marked_where_it_is_wrong() -> None:
    """A member of a body that is called status is another thing."""
    assert marking.status_is_marked(["status (503) == 200 or 204"])
    assert not marking.status_is_marked(["status ('503') == '200'"])


def test_what_a_body_must_lack_is_marked_wherever_it_stands() -> None:
    assert marked("fine\nan Exception here\nException", "body lacks 'Exception'") == ["an Exception here", "Exception"]
    assert marked({"said": "fine", "error": "Exception"}, "body lacks 'Exception'") == ['"error": "Exception"']


def test_a_rule_that_was_cut_off_marks_nothing() -> None:
    """It does not say any more what must not be there."""
    assert marked("fine\nan Exception here", "body lacks 'Excep…") == []


def test_headers_are_marked_by_their_names() -> None:
    """The content type and the location too, which rules call by other names."""
    answer = spoken(
        answer_headers=(("Content-Type", "text/html"), ("X-Limit", "0"), ("Location", "/"), ("Date", "now"))
    )
    rules = ["header X-Limit (0) == 600", "content type (text/html) == application/json"]
    assert [line.text for line in marking.headers(answer, rules) if line.is_marked] == [
        "Content-Type: text/html",
        "X-Limit: 0",
    ]
    rules = ["the whole of Location (/) matches the regular expression /login"]
    assert [line.text for line in marking.headers(answer, rules) if line.is_marked] == ["Location: /"]


def test_of_a_long_body_the_lines_around_the_mark_are_shown() -> None:
    """As many as fit on a screen, each cut, with how many are left out on both sides."""
    shown = marking.body(spoken({str(each): "x" * 1000 for each in range(5000)}), ["4000 ('x') == 'y'"])
    assert len(shown) < 70
    assert [line.text[:9].strip() for line in shown if line.is_marked] == ['"4000":']
    assert shown[0].text.endswith("lines before")
    assert shown[-1].text.endswith("lines after")
    assert max(len(line.text) for line in shown) <= marking.WIDEST + 1


@pytest.mark.parametrize("answer", ["", "[" * 100_000, "[" * 900 + "]" * 900, "{", "\x00", '"text"', "12", "null"])
def test_any_body_can_be_shown(answer: str) -> None:
    assert all(not line.is_marked for line in marking.body(spoken(answer), ["a.b ('c') == 'd'", "[7] (1) == 2"]))


def test_the_command_sends_the_same_request() -> None:
    """Nothing in it is read by the shell, and the trace of the run is not begun again."""
    asked = spoken(
        method="POST",
        url="http://shop.example/it's?a=1&b=$(id)",
        headers=(("Content-Type", "application/json"), ("traceparent", "00-1"), ("Cookie", "***")),
        body='{"it": "\'quoted\'"}',
    )
    import shlex

    words = shlex.split(curl(asked))
    assert words[:4] == ["curl", "-i", "-X", "POST"]
    assert words[-1] == asked.url
    assert words[words.index("--data-raw") + 1] == asked.body
    assert [words[at + 1] for at, word in enumerate(words) if word == "-H"] == [
        "Content-Type: application/json",
        "Cookie: ***",
    ]

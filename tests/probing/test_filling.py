from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from smoke.answers.expectations import judge
from smoke.answers.filling import expecting
from smoke.answers.shapes import Expect
from tests.support.exchanges import an_answer

VALUES: dict[str, object] = {"run": "r.1", "cart": 7}
ANSWER = an_answer(
    '{"name": "smoke r.1", "id": 7, "text": "7", "raw": "{color}"}', headers={"ETag": "r.1", "Location": "/r.1/7"}
)


def rules(**said: Any) -> list[str]:
    expect = expecting(TypeAdapter(Expect).validate_python(said), VALUES)
    return [finding.rule for finding in judge(expect, ANSWER)]


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ({"contains": ["smoke {run}"]}, {"contains": ["smoke {run}!"]}),
        ({"lacks": ["other {run}"]}, {"lacks": ["smoke {run}"]}),
        ({"matches": ["smoke {run}"]}, {"matches": ["^{run}"]}),
        ({"headers": {"ETag": {"equals": "{run}"}}}, {"headers": {"ETag": {"equals": "{run}{cart}"}}}),
        ({"json": {"name": {"equals": "smoke {run}"}}}, {"json": {"name": {"equals": "smoke {cart}"}}}),
        ({"json": {"id": {"equals": "{cart}"}}}, {"json": {"text": {"equals": "{cart}"}}}),
        ({"json": {"name": {"matches": "{run}$"}}}, {"json": {"name": {"matches": "^{run}"}}}),
        (
            {"json_schema": {"properties": {"name": {"const": "smoke {run}"}}}},
            {"json_schema": {"properties": {"name": {"const": "{run}"}}}},
        ),
        ({"status": 200, "redirects_to": "/{run}/{cart}"}, {"status": 200, "redirects_to": "/{cart}/{run}"}),
    ],
    ids=str,
)
def test_an_expectation_knows_what_a_request_knows(said: dict[str, Any], other: dict[str, Any]) -> None:
    """Texts are filled wherever they stand, and a value that is a whole expectation keeps its type."""
    assert rules(**said) == []
    assert len(rules(**other)) == 1


def test_a_value_stands_for_itself_in_a_regular_expression() -> None:
    """The dot of a captured value matches a dot, not anything."""
    expect = expecting(Expect(matches=("{run}",)), VALUES)
    assert len(judge(expect, an_answer("r-1"))) == 1


def test_what_nothing_captured_is_meant_as_it_is_written() -> None:
    """An answer may hold braces of its own, and a path of an API description has them."""
    assert rules(contains=["{color}"]) == []
    expect = TypeAdapter(Expect).validate_python(
        {"openapi": {"skip": ["/carts/{cart}"], "parameters": {"id": "{cart}"}}}
    )
    filled = expecting(expect, VALUES).openapi
    assert filled is not None
    assert (filled.skip, filled.parameters) == (("/carts/{cart}",), {"id": "7"})

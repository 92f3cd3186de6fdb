from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from smoke.answers.plain_schema import COMMON, is_plain
from tests.support.afresh import printed

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.just(0.5)
    | st.sampled_from(["string", "array", "text", "(", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*COMMON, "id"]), inner, max_size=3),
    max_leaves=6,
)
SCHEMAS = st.dictionaries(st.sampled_from([*COMMON]), VALUES, min_size=1, max_size=3)


@given(SCHEMAS | st.booleans())
def test_what_is_plain_is_a_schema(schema: dict[str, object] | bool) -> None:
    """Nothing is waved through that the validator would refuse."""
    if is_plain(schema):
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "objekt"},
        {"type": []},
        {"type": ["string", "string"]},
        {"required": "id"},
        {"required": ["id", "id"]},
        {"properties": {"id": {"minLength": -1}}},
        {"properties": {"id": 1}},
        {"items": {"pattern": "("}},
        {"minimum": "1"},
        {"maxItems": True},
        {"allOf": []},
        {"enum": 1},
        {"$ref": 1},
    ],
)
def test_what_is_no_schema_is_not_plain(schema: dict[str, object]) -> None:
    """Whoever writes one of these is told so by the validator."""
    assert not is_plain(schema)


def test_usual_schemas_need_no_validator() -> None:
    """What suites say of answers is read without loading the validator."""
    schema = {"type": "object", "required": ["id"], "properties": {"id": {"type": ["string", "null"], "minLength": 1}}}
    code = f"import sys; from smoke.answers.shapes import Expect; Expect(json_schema={schema!r}); print(*sys.modules)"
    loaded = printed(code).split()
    assert "smoke.answers.shapes" in loaded
    assert "jsonschema" not in loaded

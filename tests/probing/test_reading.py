"""What is read out of an answer beside what it is judged by: its build, the paths that it lists, its keys."""

from __future__ import annotations

import pytest

from smoke.answers.build_ids import build_of
from smoke.answers.description import listed_paths
from smoke.answers.page_rules import BuildSource
from smoke.answers.paths import keys_in
from smoke.answers.shapes import OpenApiExpect
from smoke.answers.variables import filled
from tests.support.exchanges import an_answer

HTML, JSON = {"Content-Type": "text/html; charset=utf-8"}, {"Content-Type": "application/json"}
PAGE = "<meta name=viewport content=wide><META content='b&amp;2' NAME=\"build\"><meta name=build content=b3>"
EVERY = BuildSource(header="X-Build", meta="build", json="app.build")


@pytest.mark.parametrize(
    ("text", "headers", "build"),
    [
        (PAGE, {**HTML, "X-Build": " b1 "}, "b1"),
        (PAGE, HTML, "b&2"),
        (PAGE, {"Content-Type": "text/plain"}, None),
        (PAGE, {}, None),
        ("<meta name=build>", HTML, None),
        ("<meta name=author content=b2>", HTML, None),
        ('{"app": {"build": "b4"}}', JSON, "b4"),
        ('{"app": {"build": 7}}', {"Content-Type": "application/health+json"}, "7"),
        ('{"app": {"build": true}}', JSON, None),
        ('{"app": {"build": ""}}', JSON, None),
        ('{"app": {}}', JSON, None),
        ("{", JSON, None),
    ],
)
def test_an_answer_shows_its_build_in_one_of_three_places(
    text: str, headers: dict[str, str], build: str | None
) -> None:
    """By header, by meta tag on a page, by path in JSON; what is none of them shows none, and breaks nothing."""
    assert build_of(EVERY, an_answer(text, headers=headers)) == build


def test_a_build_is_looked_for_where_the_suite_says() -> None:
    assert build_of(BuildSource(header="X-Other"), an_answer(PAGE, headers={**HTML, "X-Build": "b1"})) is None
    assert build_of(BuildSource(json="build"), an_answer(PAGE, headers=HTML)) is None


DESCRIPTION = """{"paths": {
  "/a": {"get": {}, "post": {}},
  "/b": {"post": {}},
  "/c/{id}": {"get": {"parameters": [{"name": "page", "example": 9}, {"name": "id", "example": "c1"}]}},
  "/d/{id}": {"parameters": [{"name": "id", "schema": {"example": "d1"}}], "get": {}},
  "/e/{id}": {"get": {"parameters": [{"name": "id", "schema": {}}]}},
  "/f/{id}": {"get": {}},
  "/g/{slug}": {"get": {}},
  "/h": {"get": {}},
  "/i": "none"
}}"""


def test_a_description_lists_what_can_be_read_with_its_parameters_filled_in() -> None:
    """As the suite says, else as the description's examples do, else with 1."""
    rule = OpenApiExpect(skip=("/h",), parameters={"slug": "home"})
    assert listed_paths(an_answer(DESCRIPTION), rule) == ["/a", "/c/c1", "/d/d1", "/e/1", "/f/1", "/g/home"]


@pytest.mark.parametrize("text", ["<p>", "[]", "{}", '{"paths": null}'])
def test_what_is_no_description_lists_nothing(text: str) -> None:
    assert listed_paths(an_answer(text), OpenApiExpect()) == []


@pytest.mark.parametrize(
    ("document", "keys"),
    [
        ({"a": 1, "b": {"c": 2, "d": {}}}, "a, b.c, b.d"),
        ({str(number): number for number in range(9)}, "0, 1, 2, 3, 4, 5, 6, 7, …"),
        ({str(number): number for number in range(8)}, "0, 1, 2, 3, 4, 5, 6, 7"),
        ([1], "none"),
        ({}, "none"),
    ],
)
def test_keys_are_named_without_their_values(document: object, keys: str) -> None:
    assert keys_in(document) == keys


def test_whatever_a_template_is_made_of_is_filled() -> None:
    assert filled({"a": ["{x}", ("{y}", 1)]}, {"x": "1", "y": 2}) == {"a": ["1", ["2", 1]]}
    with pytest.raises(KeyError):
        filled(["{z}"], {})

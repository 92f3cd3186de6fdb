from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from smoke.config.problems import ConfigError, Problem
from smoke.config.source import Source, dotted, parse, read
from smoke.strict import Strict

QUOTE = "quote what is text, and indent with blanks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room(Strict):
    size: int | tuple[int, ...]
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class House(Strict):
    title: str
    rooms: dict[str, Room] = field(default_factory=dict)
    doors: tuple[str, ...] = ()
    sheds: tuple[Room, ...] = ()
    cellar: Room | None = None


def source_of(folder: Path, text: str) -> Source:
    path = folder / "config" / "house.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return read(path, folder)


def complaint(folder: Path, text: str) -> str:
    """What a user sees of a house that cannot be read."""
    with pytest.raises(ConfigError) as caught:
        parse(source_of(folder, text), House)
    return str(caught.value)


def test_a_file_is_read_with_its_lines(tmp_path: Path) -> None:
    """Every key and every item of a list knows the line on which it stands."""
    source = source_of(tmp_path, "# a house\ntitle: Home\nrooms:\n  hall:\n    size: 3\ndoors:\n  - a\n  - b\n")
    assert (source.file, source.data) == (
        "config/house.yaml",
        {"title": "Home", "rooms": {"hall": {"size": 3}}, "doors": ["a", "b"]},
    )
    assert source.lines == {
        (): 2,
        ("title",): 2,
        ("rooms",): 3,
        ("rooms", "hall"): 4,
        ("rooms", "hall", "size"): 5,
        ("doors",): 6,
        ("doors", 0): 7,
        ("doors", 1): 8,
    }


def test_an_alias_is_read_like_what_it_names(tmp_path: Path) -> None:
    """What is written once and used twice is complained about for both keys, on the line where it is written."""
    text = "title: Home\nrooms:\n  hall: &room\n    size: big\n  attic: *room\n"
    assert complaint(tmp_path, text) == (
        "config/house.yaml: 2 problems\n"
        "  line 4, rooms.attic.size: input should be a valid integer, unable to parse string as an integer, got 'big'\n"
        "  line 4, rooms.hall.size: input should be a valid integer, unable to parse string as an integer, got 'big'"
    )


def test_a_valid_file_becomes_its_shape(tmp_path: Path) -> None:
    """Lists become tuples, dates become dates, and what is not said has its default."""
    text = "title: Home\nrooms: {hall: {size: [1, 2], until: 2026-12-31}}\n"
    assert parse(source_of(tmp_path, text), House) == House(
        title="Home", rooms={"hall": Room(size=(1, 2), until=date(2026, 12, 31))}
    )


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """Unknown keys, wrong types and missing keys of one file are told together, each with line, key and the way out."""
    text = (
        "titel: Home\nrooms:\n  hall:\n    seize: 3\n  attic:\n    size: 3\n    until: soon\ndoors: front\nwindows: 2\n"
    )
    assert complaint(tmp_path, text) == (
        "config/house.yaml: 7 problems\n"
        "  line 1, titel: unknown key; did you mean 'title'?\n"
        "  line 1, title: is required and missing\n"
        "  line 3, rooms.hall.size: is required and missing\n"
        "  line 4, rooms.hall.seize: unknown key; did you mean 'size'?\n"
        "  line 7, rooms.attic.until: input should be a day such as 2026-11-02, got 'soon'\n"
        "  line 8, doors: input should be a list, got 'front'\n"
        "  line 9, windows: unknown key; remove it"
    )


def test_a_key_in_the_wrong_place_is_not_suggested_again(tmp_path: Path) -> None:
    """A key that is known elsewhere is answered neither with itself nor with its right spelling."""
    assert complaint(tmp_path, "title: Home\nuntil: 2026-12-31\nsizee: 3\n") == (
        "config/house.yaml: 2 problems\n"
        "  line 2, until: unknown key; remove it\n"
        "  line 3, sizee: unknown key; remove it"
    )


@pytest.mark.parametrize("place", ["rooms: {hall: %s}", "sheds: [%s]", "cellar: %s"])
def test_a_misspelt_key_is_answered_with_one_of_its_place(tmp_path: Path, place: str) -> None:
    """Within mappings, lists and what may be left out, the keys of that place are known."""
    text = "title: Home\n" + place % "{size: 3, untill: 2026-12-31}" + "\n"
    assert complaint(tmp_path, text).endswith("untill: unknown key; did you mean 'until'?")
    misplaced = "title: Home\n" + place % "{size: 3, titel: b}" + "\n"
    assert complaint(tmp_path, misplaced).endswith("titel: unknown key; remove it")


@pytest.mark.parametrize(
    ("size", "problem"),
    [
        ("big", "rooms.hall.size: input should be a valid integer, unable to parse string as an integer, got 'big'"),
        (
            "[1, x]",
            "rooms.hall.size[1]: input should be a valid integer, unable to parse string as an integer, got 'x'",
        ),
        ("", "rooms.hall.size: input should be a valid integer, got nothing"),
    ],
)
def test_a_choice_of_types_makes_one_problem(tmp_path: Path, size: str, problem: str) -> None:
    """Where several types are allowed, one mistake is told once, where it is."""
    text = f"title: Home\nrooms:\n  hall:\n    size: {size}\n"
    assert complaint(tmp_path, text) == f"config/house.yaml: 1 problem\n  line 4, {problem}"


def test_a_long_value_is_cut(tmp_path: Path) -> None:
    """A problem fits in a line, however much stands in the wrong place."""
    assert complaint(tmp_path, f"title: Home\ndoors: {'x' * 500}\n") == (
        f"config/house.yaml: 1 problem\n  line 2, doors: input should be a list, got '{'x' * 58}…"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("title: a\ntitle: b\n", "line 2, title: is written twice; remove one"),
        (
            "title: a\nrooms:\n  hall: {size: 1}\n  hall: {size: 2}\n",
            "line 4, rooms.hall: is written twice; remove one",
        ),
        ("", "line 1: is empty; it needs title"),
        ("# nothing but a comment\n", "line 1: is empty; it needs title"),
        (
            "title: a\nrooms: {hall: &hall {size: 1}, attic: {<<: *hall}}\n",
            (
                "line 2, rooms.attic: `<<` does not work here: write its keys out, "
                "or use a whole value again, as in `expect: *healthy`"
            ),
        ),
        (
            "title: a\nrooms:\n  1: {size: 1}\n",
            "line 3, rooms[1]: input should be a valid string, got 1",
        ),
        (
            "title: a\nrooms:\n  hall: {size: 1, title: b}\n",
            "line 3, rooms.hall.title: unknown key; remove it",
        ),
        (
            "title: a\nrooms: {{ rooms }}\n",
            "line 2, rooms: a key is a plain word; quote a value that begins with { or [",
        ),
        ("title: a\n? [b]\n: c\n", "line 2: a key is a plain word; quote a value that begins with { or ["),
        ("title: a\nuntil: 2026-02-30\n", "line 2, until: day is out of range for month, got '2026-02-30'"),
        ("title: &a\n  - *a\n", "line 1: holds itself: an alias stands within what it names; remove it"),
        (
            "title: !secret a\n",
            f"line 1: is not YAML: could not determine a constructor for the tag '!secret'; {QUOTE}",
        ),
        ("- a\n", "line 1: input should be a dictionary or an instance of House, got ['a']"),
        ("hello\n", "line 1: input should be a dictionary or an instance of House, got 'hello'"),
    ],
)
def test_an_unusable_file_says_why(tmp_path: Path, text: str, problem: str) -> None:
    """Twice the same key, nothing at all, a forgotten quote or a day that does not exist: each has its sentence."""
    assert complaint(tmp_path, text) == f"config/house.yaml: 1 problem\n  {problem}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("title: a\nrooms: [\n", 3),
        ("title: a\n\trooms: b\n", 2),
        ("title: a\n---\ntitle: b\n", 2),
        ("title: *unknown\n", 1),
        ("title: a\nrooms: 'open\n", 3),
        ("title: \0\n", 1),
    ],
)
def test_what_is_not_yaml_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    """A syntax error is one line of text that begins with where it is."""
    told = complaint(tmp_path, text)
    assert told.startswith(f"config/house.yaml: 1 problem\n  line {line}: is not YAML: ")
    assert len(told.splitlines()) == 2


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there is a problem of the configuration, not a crash."""
    with pytest.raises(ConfigError, match=r"^house\.yaml: 1 problem\n  cannot be read: .*No such file"):
        read(tmp_path / "house.yaml", tmp_path)


def test_a_file_elsewhere_is_told_by_its_whole_path(tmp_path: Path) -> None:
    """A file that is not below the root is named as it can be found."""
    (tmp_path / "house.yaml").write_text("title: [\n")
    with pytest.raises(ConfigError) as caught:
        read(tmp_path / "house.yaml", tmp_path / "project")
    assert str(caught.value).startswith(f"{tmp_path / 'house.yaml'}: 1 problem\n")


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    """A file in another encoding is a problem of the configuration, not a crash."""
    (tmp_path / "house.yaml").write_bytes("title: Café\n".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"^house\.yaml: 1 problem\n  cannot be read: 'utf-8' codec"):
        read(tmp_path / "house.yaml", tmp_path)


@pytest.mark.parametrize(
    ("key", "text"),
    [((), ""), (("a",), "a"), (("a", "b", 2, "c"), "a.b[2].c"), ((1, "a"), "[1].a")],
)
def test_a_key_is_written_as_people_read_it(key: Any, text: str) -> None:
    """Names are joined by dots, and positions stand in brackets."""
    assert dotted(key) == text


def test_a_problem_is_placed_at_the_nearest_line(tmp_path: Path) -> None:
    """A key that does not exist is complained about where its parent stands."""
    source = source_of(tmp_path, "title: Home\nrooms:\n  hall: {size: 3}\n")
    assert source.problem(("rooms", "hall", "until", "day"), "is missing") == Problem(
        "config/house.yaml", 3, "rooms.hall.until.day", "is missing"
    )

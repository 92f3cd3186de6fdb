"""What a user saw, beside what was there when it was last good."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from smoke.bundle.curl import curl
from smoke.bundle.good import Good
from smoke.bundle.pictures import Material, in_words, shots, unseen
from smoke.bundle.scene import Box, Picture, Scene, Spoken, scene_in, spoken_in, written


def a_picture(file: str, step: str = "", moment: str = "at the end", width: int = 800) -> Picture:
    return Picture(file=file, step=step, moment=moment, width=width, height=600)


BOX = Box(x=10, y=20, width=100, height=40)
NOW, BEFORE = a_picture("now.jpg"), a_picture("before.jpg", "pay", "before click")
SCENE = Scene(url="https://shop.example/cart", title="Cart", step="pay", used="", shown=NOW)
FIRST, PAY, END = (
    a_picture("1.jpg", "open", "before click"),
    a_picture("2.jpg", "pay", "after click"),
    a_picture("3.jpg"),
)
GOOD = Good(run_id="r", at=0.0, build="", steps=(), measured={}, pictures=(FIRST, PAY, END))


def material(scene: Scene | None = SCENE, **changes: Any) -> Material:
    given: dict[str, Any] = {
        "scene": scene,
        "pictures": {"now.jpg": "data:now", "before.jpg": "data:before"},
        "good": GOOD,
        "good_pictures": {each.file: f"data:{each.file}" for each in GOOD.pictures},
    }
    return Material(**{**given, **changes})


def shown(made: Material) -> list[tuple[str, str, str]]:
    return [(shot.title, shot.caption, shot.source) for shot in shots(made)]


def test_three_pictures_tell_what_happened() -> None:
    """Before, at the failure, and the same step when it was good."""
    assert shown(material(replace(SCENE, before=BEFORE))) == [
        ("Before", "before click, step “pay”", "data:before"),
        ("At the failure", "Cart", "data:now"),
        ("Last good run", "after click, step “pay”", "data:2.jpg"),
    ]


@pytest.mark.parametrize(
    ("change", "file"),
    [
        ({"step": "pay"}, "2.jpg"),
        ({"step": "other"}, "3.jpg"),
        ({"step": "pay", "was_in": "1.jpg", "was": BOX}, "1.jpg"),
    ],
    ids=["the same step", "the end", "the same element"],
)
def test_what_is_compared_is_as_near_as_can_be(change: dict[str, Any], file: str) -> None:
    last = list(shots(material(replace(SCENE, **change))))[-1]
    assert (last.source, last.box) == (f"data:{file}", change.get("was"))


@pytest.mark.parametrize(
    ("change", "said", "outlined"),
    [
        ({"box": BOX}, "outlined", BOX),
        ({"box": BOX.moved(5000, 0)}, "outside of the picture", None),
        ({"would": BOX}, "not there; the outline is where it was in the last good run", BOX),
        ({}, "not there", None),
    ],
)
def test_the_last_element_that_was_used_is_pointed_out(change: dict[str, Any], said: str, outlined: Box | None) -> None:
    scene = replace(SCENE, used="internal:role=button", **change)
    (shot,) = (each for each in shots(material(scene)) if each.title == "At the failure")
    assert (shot.caption, shot.box) == (f"Cart: the last element that was used is {said}", outlined)


def test_a_picture_that_was_lost_is_not_shown() -> None:
    assert shown(material(replace(SCENE, before=BEFORE), pictures={}, good_pictures={})) == []
    assert shown(material(None)) == []
    assert [title for title, _, _ in shown(material(replace(SCENE, url="about:blank"), good=None))] == []


def test_a_page_without_a_title_is_called_by_its_address() -> None:
    assert shown(material(replace(SCENE, title="")))[0][1] == "https://shop.example/cart"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (material(None), []),
        (material(), []),
        (material(replace(SCENE, url="chrome-error://x/")), ["the browser had no page to show."]),
        (material(replace(SCENE, shown=None)), ["the page was gone, or it showed a secret."]),
        (material(good_pictures={}), ["its second good run here takes them, then the first of each day."]),
    ],
    ids=["no journey", "all there", "no page", "no picture", "no good run"],
)
def test_why_there_is_no_picture_is_said(made: Material, said: list[str]) -> None:
    told = list(unseen(made))
    assert [line.partition(": ")[2] for line in told] == said


def test_a_selector_is_put_into_words() -> None:
    assert in_words('internal:testid=[data-testid="answer"s] >> internal:role=button') == (
        'test id "answer" >> role button'
    )


def test_what_is_kept_is_read_again_and_nothing_else() -> None:
    scene, spoken = replace(SCENE, title="half \ud83d", box=BOX), Spoken(method="GET", url="/", headers=(), body="")
    assert scene_in(written(scene)) == replace(scene, title="half ?")
    assert spoken_in(written(spoken)) == spoken
    assert (scene_in("{"), spoken_in(written(scene))) == (None, None)


@pytest.mark.parametrize(
    ("method", "body", "command"),
    [
        ("GET", "", "curl -i -H 'Accept: */*' https://shop.example/a"),
        ("HEAD", "", "curl -i --head -H 'Accept: */*' https://shop.example/a"),
        ("POST", "a=1", "curl -i -X POST -H 'Accept: */*' --data-raw a=1 https://shop.example/a"),
        ("WS", "ping", "curl -i -H 'Accept: */*' https://shop.example/a"),
    ],
)
def test_a_request_can_be_sent_again_by_hand(method: str, body: str, command: str) -> None:
    """Without what belongs to one request only."""
    headers = (("Accept", "*/*"), ("Host", "shop.example"), ("Content-Length", "3"))
    assert curl(Spoken(method=method, url="https://shop.example/a", headers=headers, body=body)) == command

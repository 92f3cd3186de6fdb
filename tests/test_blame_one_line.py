from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.judging.blame import one_line
from tests.support import playwright_messages as messages
from tests.support.properties import unhurried

EVERY_MESSAGE = [text for name, text in vars(messages).items() if name.isupper()]


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (
            messages.MISSING_HEADING,
            (
                "Locator expected to be visible; Actual value: None; Error: element(s) not found; "
                'waiting for get_by_role("heading", name="Sign in")'
            ),
        ),
        (messages.WRONG_TITLE, "Page title expected to be 'Shop'; Actual value: Service down"),
        (messages.WRONG_COUNT, "Locator expected to have count '3'; Actual value: 1; waiting for locator(\"p\")"),
        (
            messages.WITH_MESSAGE,
            "the headline; Expected value: 'Up'; Actual value: Service down; waiting for locator(\"h1\")",
        ),
        (
            messages.MANY_WAITS,
            (
                'Locator.click: Timeout 400ms exceeded.; waiting for get_by_role("button"); '
                "waiting for element to be visible, enabled and stable; waiting for scheduled navigations to finish"
            ),
        ),
        (messages.WITHOUT_CALL_LOG, "Locator expected to be visible; Actual value: hidden"),
        (messages.CLICK_TIMED_OUT, 'Locator.click: Timeout 400ms exceeded.; waiting for get_by_role("link")'),
        (
            messages.BUTTON_DISABLED,
            (
                'Locator.click: Timeout 400ms exceeded.; waiting for get_by_role("button"); '
                "waiting for element to be visible, enabled and stable"
            ),
        ),
        (
            messages.NEVER_NAVIGATED,
            'Page.wait_for_url: Timeout 400ms exceeded.; waiting for navigation to "**/x" until "load"',
        ),
        (
            messages.TWO_ELEMENTS,
            (
                'Locator.inner_text: Error: strict mode violation: locator("p, h1") resolved to 2 elements:; '
                'waiting for locator("p, h1")'
            ),
        ),
        ("the cart (2) == 3\nassert 2 == 3", "the cart (2) == 3"),
        ("", "failed without a message"),
        (" \n ", "failed without a message"),
    ],
)
def test_a_message_becomes_one_line(message: str, line: str) -> None:
    """Rule, actual value and locator fit in one line that can be read in an alert."""
    assert one_line(message) == line


@pytest.mark.parametrize("message", EVERY_MESSAGE)
def test_the_aria_snapshot_stays_out(message: str) -> None:
    """The snapshot of the page prints what was typed into password fields, so nothing of it is kept."""
    line = one_line(message)
    assert "hunter2" not in line
    assert "snapshot" not in line
    assert "textbox" not in line


def test_words_that_a_snapshot_goes_on_with_stay_out_too() -> None:
    """A text of several lines in it may begin one as the details of a failure begin."""
    shown = "Locator expected to be visible\nAria snapshot:\n  - textbox: |-\n    Error hunter2\n    Expected hunter2"
    assert one_line(shown) == "Locator expected to be visible"


def test_a_very_long_line_is_cut() -> None:
    """A page that shows a whole novel as its title does not fill an alert."""
    assert one_line("x" * 1000) == "x" * 400


@unhurried
@given(message=st.text() | st.lists(st.sampled_from("".join(EVERY_MESSAGE).splitlines())).map("\n".join))
def test_it_is_always_one_bounded_line(message: str) -> None:
    """No message, however odd, breaks a line or fills a screen."""
    line = one_line(message)
    assert len(line.splitlines()) == 1
    assert 0 < len(line) <= 400

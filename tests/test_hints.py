from __future__ import annotations

import re
from itertools import product

import pytest

from smoke.hints import BY_BLAME, BY_CATEGORY, hint
from smoke.model import Blame, Category, CheckKind, Outcome

EVERY = list(product(Category, Blame, CheckKind))


@pytest.mark.parametrize(("category", "blame", "kind"), EVERY)
def test_every_fault_has_a_hint(category: Category, blame: Blame, kind: CheckKind) -> None:
    """Whatever fails, somebody at 3 am reads one whole sentence about what to do."""
    text = hint(category, blame, kind)
    assert text[0].isupper()
    assert text[-1] in ".?"
    assert "\n" not in text


@pytest.mark.parametrize("blame", [blame for blame in Blame if blame.outcome is Outcome.INCONCLUSIVE])
def test_a_fault_of_ours_never_sends_anyone_to_the_application(blame: Blame) -> None:
    """Where the application is not to blame, the hint is the same in every category and for every kind of check."""
    assert {hint(category, blame, kind) for category, kind in product(Category, CheckKind)} == {BY_BLAME.get(blame)}


@pytest.mark.parametrize("category", Category)
@pytest.mark.parametrize("blame", [Blame.ASSERTION, Blame.APP_5XX])
def test_a_fault_of_the_application_is_explained_by_its_category(category: Category, blame: Blame) -> None:
    """A wrong answer means something else in the database than in the login."""
    assert hint(category, blame, CheckKind.JOURNEY) == BY_CATEGORY[category]


@pytest.mark.parametrize("category", Category)
def test_no_probe_sends_anyone_to_what_only_a_browser_leaves(category: Category) -> None:
    """A probe has no screenshot and no trace, so its hint speaks of none."""
    said = {hint(category, blame, CheckKind.PROBE) for blame in Blame if blame is not Blame.JS_ERROR}
    assert not [text for text in said if re.search("screenshot|trace|console", text)]

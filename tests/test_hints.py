from __future__ import annotations

from itertools import product

import pytest

from smoke.hints import BY_BLAME, BY_CATEGORY, hint
from smoke.model import Blame, Category, Outcome


@pytest.mark.parametrize(("category", "blame"), list(product(Category, Blame)))
def test_every_fault_has_a_hint(category: Category, blame: Blame) -> None:
    """Whatever fails, somebody at 3 am reads one whole sentence about what to do."""
    text = hint(category, blame)
    assert text[0].isupper()
    assert text[-1] in ".?"
    assert "\n" not in text


@pytest.mark.parametrize("blame", [blame for blame in Blame if blame.outcome is Outcome.INCONCLUSIVE])
def test_a_fault_of_ours_never_sends_anyone_to_the_application(blame: Blame) -> None:
    """Where the application is not to blame, the hint is the same in every category."""
    assert {hint(category, blame) for category in Category} == {BY_BLAME.get(blame)}


@pytest.mark.parametrize("category", Category)
@pytest.mark.parametrize("blame", [Blame.ASSERTION, Blame.APP_5XX])
def test_a_fault_of_the_application_is_explained_by_its_category(category: Category, blame: Blame) -> None:
    """A wrong answer means something else in the database than in the login."""
    assert hint(category, blame) == BY_CATEGORY[category]

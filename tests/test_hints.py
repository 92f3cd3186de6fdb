from __future__ import annotations

import re
from itertools import product

import pytest

from smoke.judging.causes import BRAKED, BROWSER_GONE, broken, forbidden
from smoke.judging.hints import ALSO, BY_BLAME, FLOW, hint
from smoke.model import Blame, Category, CheckKind, Outcome
from smoke.observation import Finding
from tests.support.judging import a_finding

EVERY = list(product(Category, Blame, CheckKind))


@pytest.mark.parametrize(("category", "blame", "kind"), EVERY)
def test_every_fault_has_a_hint(category: Category, blame: Blame, kind: CheckKind) -> None:
    """Whatever fails, somebody at 3 am reads whole sentences about what to do, in one line."""
    text = hint(a_finding(blame), category, kind)
    assert text[0].isupper()
    assert text[-1] in ".?"
    assert "\n" not in text


@pytest.mark.parametrize(("category", "blame", "kind"), EVERY)
def test_whose_fault_it_is_comes_first(category: Category, blame: Blame, kind: CheckKind) -> None:
    """A category only adds to it: a server error in the login does not send anyone to cookies and keys."""
    text = hint(a_finding(blame), category, kind)
    assert text.startswith(BY_BLAME[blame])
    assert not re.search("session store|signing key|cookie", text)


@pytest.mark.parametrize("blame", [blame for blame in Blame if blame.outcome is Outcome.INCONCLUSIVE])
def test_a_fault_of_ours_never_sends_anyone_to_the_application(blame: Blame) -> None:
    """Where the application is not to blame, the hint is the same in every category and for every kind of check."""
    said = {hint(a_finding(blame), category, kind) for category, kind in product(Category, CheckKind)}
    assert said == {BY_BLAME[blame]}


@pytest.mark.parametrize("blame", [Blame.ASSERTION, Blame.APP_5XX])
def test_a_category_says_where_else_to_look(blame: Blame) -> None:
    """A wrong answer means something else in the database than in the login."""
    said = {category: hint(a_finding(blame), category, CheckKind.PROBE) for category in Category}
    assert "connection pool" in said[Category.DATABASE]
    assert "status page" in said[Category.EXTERNAL_SERVICES]
    assert said[Category.AUTHENTICATION] == BY_BLAME[blame]
    flow = hint(a_finding(Blame.ASSERTION), Category.DATABASE, CheckKind.JOURNEY)
    assert flow == f"{BY_BLAME[Blame.ASSERTION]} {ALSO[Category.DATABASE]} {FLOW}"


@pytest.mark.parametrize("category", Category)
def test_no_probe_sends_anyone_to_what_only_a_browser_leaves(category: Category) -> None:
    """A probe has no screenshot and no trace, so its hint speaks of none."""
    said = {hint(a_finding(blame), category, CheckKind.PROBE) for blame in Blame if blame is not Blame.JS_ERROR}
    assert not [text for text in said if re.search("screenshot|trace (?!id)|console", text)]


@pytest.mark.parametrize(
    ("blame", "rule", "word"),
    [
        (Blame.TLS, "GET / net::ERR_CERT_AUTHORITY_INVALID", "chain"),
        (Blame.TLS, "got no answer: certificate verify failed: unable to get local issuer certificate", "chain"),
        (Blame.TLS, "days left of the certificate (3.0) >= 14", "renew"),
        (Blame.TLS, "GET / net::ERR_CERT_COMMON_NAME_INVALID", "names"),
        (Blame.ACCOUNT, "login of ann was not accepted: POST /login answered 401", "secrets"),
    ],
)
def test_a_rule_that_says_more_than_its_blame_is_listened_to(blame: Blame, rule: str, word: str) -> None:
    text = hint(Finding(rule=rule, blame=blame), Category.CRITICAL_PATHS, CheckKind.JOURNEY)
    assert word in text
    assert not text.startswith(BY_BLAME[blame])


@pytest.mark.parametrize(
    ("blame", "cause", "ways_out"),
    [
        (Blame.HARNESS, BRAKED, ["rate_share", "rate_limits", "ask less"]),
        (Blame.HARNESS, BROWSER_GONE, ["browser"]),
        (Blame.SAFETY, forbidden("POST", "/api/orders"), ["destructive"]),
        (Blame.SAFETY, None, ["permits", "telemetry"]),
        (Blame.APP_4XX, broken("GET", "/", 429), ["Retry-After", "limit"]),
    ],
)
def test_a_cause_has_a_way_out_of_its_own(blame: Blame, cause: str | None, ways_out: list[str]) -> None:
    """A limit that is reached is not a route that is missing, and what is forbidden cannot be permitted."""
    text = hint(Finding(rule="it works", blame=blame, cause=cause), Category.CRITICAL_PATHS, CheckKind.JOURNEY)
    assert [word for word in ways_out if word not in text] == []
    assert text == BY_BLAME[blame] if cause is None else not text.startswith(BY_BLAME[blame])

"""What whoever reads a decision does next. Pure."""

from __future__ import annotations

from typing import assert_never

from smoke.gates.acting import Acted, Deed
from smoke.gates.decision import Decision
from smoke.model import Action, Outcome

ROLLBACK_POINT = "post-rollback"
VERIFY = "then run `smoke gate post-rollback` for the build before"
TOOK = "The rollback took, and production is well again. The release that it ended has failed."
BLOCKED = {
    Outcome.FAIL: "The release stops here. Mend what failed, and begin again with a new build.",
    Outcome.FLAKY: "The release stops here: a check passed only at a second try. Look at it, then run this gate again.",
}
UNJUDGED = (
    "The release stops here, and traffic stays as it is: the build could not be judged, which says neither that it is "
    "good nor that it is bad. Remove the cause, then run this gate again; that is safe."
)
ROLLED_BACK = {
    Deed.NONE: f"Roll back now: no hook of this environment does it. {VERIFY.capitalize()}.",
    Deed.DRY: "Nothing was done: this was a dry run. Otherwise the rollback above would have been run.",
    Deed.DONE: "The rollback was asked for. It took only if post-rollback says so.",
    Deed.FAILED: f"Roll back by hand, unless the hook did it after all: it is not run again for this build; {VERIFY}.",
    Deed.BEFORE: "The rollback of this build is not run twice: look whether the first one took (post-rollback).",
}
ESCALATED = {
    Deed.NONE: "Page on-call and tech lead now: no hook of this environment does it.",
    Deed.DRY: "Nobody was told: this was a dry run.",
    Deed.DONE: "People were told. Production needs them: nothing else is going to mend it.",
    Deed.FAILED: "Page on-call and tech lead by hand: the hook did not.",
    Deed.BEFORE: "An earlier gate of this build escalated already: look whether somebody is on it.",
}


def next_step(decision: Decision, acted: Acted) -> str:
    """Return what to do about ``decision``, in a sentence or two."""
    match decision.action:
        case Action.PROCEED:
            return TOOK if decision.point == ROLLBACK_POINT else "The release may go on."
        case Action.BLOCK:
            return BLOCKED.get(decision.outcome, UNJUDGED)
        case Action.ROLLBACK:
            return ROLLED_BACK[acted.deed]
        case Action.ESCALATE:
            return ESCALATED[acted.deed]
    assert_never(decision.action)


def ending(decision: Decision, verified: Decision) -> str:
    """Return the last line about a release that was rolled back, so that nobody takes post-rollback's for it."""
    took = "the rollback took" if verified.passed else f"post-rollback says {verified.action}"
    return f"{decision.outcome} {decision.point}: {decision.action}, and {took}"

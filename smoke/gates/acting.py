"""Does what a gate asks for, once for a build, and keeps what came of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from smoke.config.gates import Hook, Hooks
from smoke.gates.decision import Decision
from smoke.gates.holding import held
from smoke.gates.hooks import Order, run_hook
from smoke.history.actions import Actions, ActionTaken
from smoke.history.errors import HistoryError
from smoke.history.opening import history_store
from smoke.model import Action
from smoke.moments import second
from smoke.planning.plan import Plan
from smoke.settings import Settings
from smoke.storage.store import Store

HOUR_S = 3600.0


class Deed(StrEnum):
    """What became of an action."""

    NONE = "none"
    """Nothing was to be done, or nobody is there to do it."""
    DRY = "dry"
    """It would have been done."""
    DONE = "done"
    FAILED = "failed"
    BEFORE = "before"
    """It had been begun for this build already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """What became of the action of a decision."""

    deed: Deed
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Where a gate acts, and by what."""

    suite: str
    environment: str
    build: str | None
    hooks: Hooks
    environ: Mapping[str, str]
    folder: Path
    """The project's."""
    store: Store


def means_of(plan: Plan, settings: Settings) -> Means:
    """Return where a gate of ``plan`` acts."""
    return Means(
        suite=plan.suite.name,
        environment=plan.environment_name,
        build=settings.expect_build,
        hooks=plan.environment.hooks,
        environ=settings.environ,
        folder=settings.root,
        store=history_store(settings),
    )


def act(decision: Decision, means: Means, payload: Mapping[str, object]) -> Acted:
    """Run the hook of ``decision``, unless it was begun for this build before; raises KeyboardInterrupt after it.

    Where that cannot be known, nothing is done: a rollback that is run twice may roll back the good build.
    """
    hook = hook_of(decision.action, means.hooks)
    if hook is None:
        return Acted(deed=Deed.NONE, sentence=_unhooked(decision.action))
    if means.build is None:
        why = "without --expect-build nobody could tell whether it was done before"
        return Acted(deed=Deed.FAILED, sentence=f"{decision.action} was not run: {why}")
    key = key_of(decision.action, means, time.time())
    actions = Actions(means.store)
    try:
        earlier = actions.begin(_begun(key, decision, means))
    except HistoryError as error:
        return Acted(deed=Deed.FAILED, sentence=f"{decision.action} was not run: {error}")
    if earlier is not None:
        return Acted(deed=Deed.BEFORE, sentence=_told(earlier))
    with held():  # half a rollback is worse than a late end; the hook has a time-out
        order = Order(key=key, payload=payload, variables=variables(decision, means))
        result = run_hook(hook, order, means.environ, means.folder)
        try:
            actions.end(key, ok=result.ok, detail=result.detail, now=time.time())
            unrecorded = ""
        except HistoryError as error:
            unrecorded = f"; that was not recorded: {error}"
    deed = Deed.DONE if result.ok else Deed.FAILED
    return Acted(deed=deed, sentence=f"{decision.action} {deed}: {result.detail}{unrecorded}")


def key_of(action: Action, means: Means, now: float) -> str:
    """Return the name of ``action`` for one build; what calls people is another thing after an hour."""
    key = f"{means.suite}/{means.environment}/{means.build}/{action}"
    return key if action is Action.ROLLBACK else f"{key}/{int(now // HOUR_S)}"


def would_act(decision: Decision, means: Means) -> Acted:
    """Say what :func:`act` would do, and do nothing."""
    hook = hook_of(decision.action, means.hooks)
    if hook is None:
        return Acted(deed=Deed.NONE, sentence=_unhooked(decision.action))
    way = " ".join(hook.command) or hook.webhook or (f"GitHub event {hook.github.event}" if hook.github else "")
    return Acted(deed=Deed.DRY, sentence=f"{decision.action} would run: {way}")


def hook_of(action: Action, hooks: Hooks) -> Hook | None:
    """Return what does ``action``; None: nothing does, or nothing is to be done."""
    return {Action.ROLLBACK: hooks.rollback, Action.ESCALATE: hooks.escalate}.get(action)


def variables(decision: Decision, means: Means) -> dict[str, str]:
    """Return the environment variables by which a command knows what it is for."""
    return {
        "SMOKE_GATE_POINT": decision.point,
        "SMOKE_GATE_ACTION": decision.action,
        "SMOKE_GATE_SUITE": means.suite,
        "SMOKE_GATE_ENVIRONMENT": means.environment,
        "SMOKE_GATE_BUILD": means.build or "",
        "SMOKE_GATE_REASON": decision.reason,
    }


def _begun(key: str, decision: Decision, means: Means) -> ActionTaken:
    return ActionTaken(
        key=key,
        suite=means.suite,
        environment=means.environment,
        point=decision.point,
        build=means.build or "",
        action=decision.action,
        begun=time.time(),
    )


def _unhooked(action: Action) -> str:
    if action in {Action.PROCEED, Action.BLOCK}:
        return f"{action}: nothing to be done"
    return f"{action} is asked for, and no hook of the environment does it: the pipeline must"


def _told(earlier: ActionTaken) -> str:
    began = second(earlier.begun)
    if earlier.ended is None:
        return f"{earlier.action} of {earlier.build} was begun at {began}, and nobody knows how it ended: look at it"
    how = "done" if earlier.ok else f"failed ({earlier.detail})"
    return f"{earlier.action} of {earlier.build} was begun at {began} already and {how}: it is not run again"

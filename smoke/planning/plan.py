"""What a run will do, where and how strictly. Pure: configuration and selection in, plan out."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from smoke.config.paths import POINTS
from smoke.config.points import ExecutionPoint
from smoke.config.problems import ConfigError, Problem
from smoke.config.suite import Suite
from smoke.config.suite_file import Environment
from smoke.known import unknown
from smoke.model import Category, Check, Scope, covers


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the user narrowed a run down to; empty: nothing."""

    checks: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The checks of one run, and the terms under which they are judged."""

    suite: Suite
    point_name: str
    point: ExecutionPoint
    environment_name: str
    environment: Environment
    checks: tuple[Check, ...]
    whole: tuple[Check, ...] = ()
    """Where this is a shard: the checks of all of them, in order."""

    @property
    def budgets(self) -> Mapping[str, float]:
        """Budgets of measurements: the suite's, with the environment's on top."""
        return {**self.suite.about.budgets, **self.environment.budgets}

    @property
    def ceilings(self) -> Mapping[str, float]:
        """What a single sample may not exceed: the suite's, with the environment's on top."""
        return {**self.suite.about.ceilings, **self.environment.ceilings}


def plan(suite: Suite, point: str, env: str | None, selection: Selection) -> Plan:
    """Plan a run of ``suite`` at ``point``: what is selected, and the probes that it comes after.

    Raises ConfigError if the point, the environment or a selected check does not exist, or if
    nothing is left to run: a run that looks at nothing could only lie.
    """
    if point not in suite.points:
        raise ConfigError.of_option("POINT", unknown("execution point", point, suite.points))
    terms = suite.points[point]
    name = env or terms.environment
    if name not in suite.about.environments:
        if env is None:
            text = f"suite {suite.name} has no environment {name!r}; add it to suite.yaml, or name another with --env"
            raise ConfigError([Problem(POINTS, 0, f"points.{point}.environment", text)])
        raise ConfigError.of_option("--env", unknown("environment", name, suite.about.environments))
    environment = suite.about.environments[name]
    problems = [
        _unknown_check(wanted, suite)
        for wanted in selection.checks
        if not any(covers(wanted, check.id) for check in suite.checks)
    ]
    wanted_ids = {
        check.id
        for check in suite.checks
        if _in_point(check, terms) and _in_contract(check, environment) and _selected(check, selection)
    }
    wanted_ids |= suite.needed_by(wanted_ids)
    chosen = tuple(check for check in suite.checks if check.id in wanted_ids)
    if not chosen and not problems:
        text = f"nothing to run at {point} in {name}: no check is left by scope, categories, contract and selection"
        way_out = "name another execution point or environment, or leave out --check and --category"
        problems.append(Problem.of_option("", f"{text}; {way_out}"))
    if problems:
        raise ConfigError(problems)
    return Plan(
        suite=suite,
        point_name=point,
        point=terms,
        environment_name=name,
        environment=environment,
        checks=chosen,
    )


def _in_point(check: Check, point: ExecutionPoint) -> bool:
    in_scope = point.scope is Scope.FULL or check.scope is Scope.REDUCED
    return in_scope and check.category in point.categories


def _in_contract(check: Check, environment: Environment) -> bool:
    return not check.contracts or environment.contract in check.contracts


def _selected(check: Check, selection: Selection) -> bool:
    by_id = not selection.checks or any(covers(wanted, check.id) for wanted in selection.checks)
    return by_id and (not selection.categories or check.category in selection.categories)


def _unknown_check(wanted: str, suite: Suite) -> Problem:
    branches = dict.fromkeys(check.id.partition(".")[0] for check in suite.checks)
    close = difflib.get_close_matches(wanted, [*branches, *(check.id for check in suite.checks)], 1)
    if close:
        return Problem.of_option("--check", f"unknown check {wanted!r}; did you mean {close[0]!r}?")
    return Problem.of_option("--check", unknown("check", wanted, [check.id for check in suite.checks]))

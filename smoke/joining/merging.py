"""Joins the parts of runs, lays their evidence together, and tells everyone, once all of it is in the history."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from smoke.config.account_secrets import secrets_of
from smoke.config.monitoring import monitoring
from smoke.config.problems import ConfigError
from smoke.history.errors import HistoryError
from smoke.history.opening import history_store
from smoke.history.runs import History
from smoke.joining.evidence import PLACES, explain_whole, lay_together, show_places, take_in_good
from smoke.joining.gathering import Found, Gathered, has_every_shard
from smoke.joining.shards import Whole, join
from smoke.judging.judge import SEVERITY, exit_code
from smoke.judging.judged import Run
from smoke.model import Outcome
from smoke.reporting import document
from smoke.reporting.allure_results import Around, runbook_of
from smoke.running.announcing import Announcer
from smoke.running.heartbeat import heartbeat_of
from smoke.running.part import FILE
from smoke.running.planning import plan_of
from smoke.running.scheduled import Aim, schedule_of, schedules_for
from smoke.secrets.secret import Scrubber
from smoke.settings import Settings

Say = Callable[[str], None]


def once(say: Say) -> Say:
    """Return what says each line once: several regions, and each look at what has arrived, meet the same."""
    said: set[str] = set()

    def say_new(line: str) -> None:
        if line not in said:
            said.add(line)
            say(line)

    return say_new


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What parts came to."""

    wholes: Mapping[str, Whole]
    """By a name of what was looked at, and from which region."""
    missing: tuple[str, ...]
    """Sentences about what should have been there."""
    silent: tuple[tuple[Aim, str], ...] = ()
    """What was not looked at from a region that a schedule names."""

    @property
    def code(self) -> int:
        """The worst exit code: 1 where the application is at fault anywhere, 3 where it cannot be said of all."""
        codes = {exit_code(each.run.verdict, each.parts[0].point.flaky) for each in self.wholes.values()}
        codes |= {3} if self.missing or not codes else set()
        return next(code for code in (1, 3, 0) if code in codes)


@dataclass(frozen=True, slots=True)
class Merger:
    """Joins what machines left into the reports of ``settings``; raises ConfigError where those cannot be read."""

    settings: Settings
    say: Say

    def is_whole(self, gathered: Gathered) -> bool:
        """Tell whether nothing more needs to be waited for."""
        shards = (has_every_shard(each.part for each in found) for found in gathered.by_aim().values())
        return bool(gathered.found) and all(shards) and not self._silent(gathered)

    def join(self, gathered: Gathered) -> Joined:
        """Join all that was gathered, which is of one run, and tell everyone."""
        silent = self._silent(gathered)
        missing = [*gathered.unreadable]
        for aim, region in silent:
            missing.append(f"region {region} left nothing of {aim.suite} at {aim.point} in {aim.environment}")
        if not gathered.found:
            missing.append("no part arrived: nothing can be said of the application")
        found = _named(gathered.by_aim())
        unknown = {name: told for name, parts in found.items() if (told := self._unknown(parts))}
        missing += unknown.values()
        wholes = {name: join([each.part for each in parts]) for name, parts in found.items() if name not in unknown}
        shutil.rmtree(self.settings.reports / PLACES, ignore_errors=True)
        for name, whole in wholes.items():
            reports = self.settings.reports if len(wholes) == 1 else self.settings.reports / PLACES / name
            self._lay_down(whole, found[name], reports)
        if len(wholes) > 1:
            show_places(wholes, self.settings.reports)
        self._record(wholes)
        self._tell(wholes)
        return Joined(wholes=wholes, missing=tuple(missing), silent=silent)

    def _silent(self, gathered: Gathered) -> tuple[tuple[Aim, str], ...]:
        """Return which regions of a schedule left nothing where others of it did.

        Runs that come from none of its regions are not the schedule's: somebody started them by hand.
        """
        found: dict[Aim, set[str]] = {}
        for aim, region in gathered.by_aim():
            found.setdefault(aim, set()).add(region)
        wanted = {
            aim: {region for each in schedules_for(aim, self.settings.root, self.say) for region in each.regions}
            for aim in found
        }
        return tuple(
            (aim, region)
            for aim in sorted(found)
            if wanted[aim] & found[aim]
            for region in sorted(wanted[aim] - found[aim])
        )

    def _unknown(self, found: tuple[Found, ...]) -> str | None:
        """Return what of ``found``, which looked at one place, this project does not hold; raises ConfigError."""
        try:
            plan_of(self._settings_of(found[0].part.run))
        except ConfigError as error:
            if not all(problem.is_usage for problem in error.problems):
                raise
            files = ", ".join(str(each.folder / FILE) for each in found)
            return f"{files}: {'; '.join(problem.text for problem in error.problems)}"
        return None

    def _lay_down(self, whole: Whole, found: tuple[Found, ...], reports: Path) -> None:
        reports.mkdir(parents=True, exist_ok=True)
        document.write(whole.run, reports)
        try:
            lay_together(found, reports)
            take_in_good(found, self.settings.reports)
        except OSError as error:
            self.say(f"evidence is missing: {error}")
        root, environ = self.settings.root, self.settings.environ
        links = monitoring(root).links.or_of_github(environ)
        around = Around(runbook=runbook_of(root, links), environ=environ)
        if told := explain_whole(whole, plan_of(self._settings_of(whole.run)), around, reports):
            self.say(told)

    def _record(self, wholes: Mapping[str, Whole]) -> None:
        """Keep all runs before anything is judged by them: a rule may look at several regions."""
        for whole in wholes.values():
            run, settings = whole.run, self._settings_of(whole.run)
            schedule = schedule_of(aim_of(whole), run.region, settings.root, self.say)
            try:
                history = History(history_store(settings))
                history.begin(
                    run.run_id,
                    suite=run.suite,
                    environment=run.environment,
                    execution_point=run.execution_point,
                    region=run.region,
                    started=run.started,
                    due=run.finished,
                    slot=schedule.latest(run.started) if schedule else None,
                )
                history.record(run)
            except HistoryError as error:
                self.say(f"history: {error}")

    def _tell(self, wholes: Mapping[str, Whole]) -> None:
        environ, root = self.settings.environ, self.settings.root
        scrubber = Scrubber(
            secrets_of(root, {(each.run.suite, each.run.environment) for each in wholes.values()}, environ)
        )
        for whole in wholes.values():
            heartbeat = None
            if whole is _worst(wholes, aim_of(whole)):  # one sign of life for all: a good region must not hide a bad
                schedule = schedule_of(aim_of(whole), whole.run.region, root, self.say)
                heartbeat = heartbeat_of(whole.run.execution_point, schedule, environ)
            settings = self._settings_of(whole.run)
            announcer = Announcer(monitoring=monitoring(root), settings=settings, scrubber=scrubber, say=self.say)
            announcer.announce(whole.run, whole.parts[0].point.flaky, heartbeat)

    def _settings_of(self, run: Run) -> Settings:
        return replace(
            self.settings,
            point=run.execution_point,
            suite=run.suite,
            env=run.environment,
            region=run.region,
            base_url=run.given_url,
            check=(),
            category=(),
        )


def aim_of(whole: Whole) -> Aim:
    """Return where a whole run looked."""
    return Aim(whole.run.suite, whole.run.environment, whole.run.execution_point)


def _worst(wholes: Mapping[str, Whole], aim: Aim) -> Whole:
    severity = (*SEVERITY, Outcome.NOT_RUN)
    there = [whole for whole in wholes.values() if aim_of(whole) == aim]
    return max(there, key=lambda whole: severity.index(whole.run.verdict))


def _named(found: Mapping[tuple[Aim, str], tuple[Found, ...]]) -> dict[str, tuple[Found, ...]]:
    """Give each aim and region a name of their own that is one folder's, whatever a region is called."""
    named: dict[str, tuple[Found, ...]] = {}
    for (aim, region), parts in found.items():
        name = quote("-".join((aim.suite, aim.environment, aim.point, region)), safe="")
        while name in named:
            name += "+"
        named[name] = parts
    return named

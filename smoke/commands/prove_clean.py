"""``smoke prove --clean N``: how often the checks are red for nothing."""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from smoke.config.problems import ConfigError
from smoke.model import CheckKind, Outcome
from smoke.proof.campaign import AlarmKind, Campaign, Ending

if TYPE_CHECKING:
    from smoke.proof.campaign import Repetition
    from smoke.proof.clean import Clean
    from smoke.proof.repeating import Asked
    from smoke.settings import Settings

COUNTED = (Outcome.PASS, Outcome.FLAKY, Outcome.FAIL, Outcome.INCONCLUSIVE)
EVERY_S = 10.0
"""Least time between two lines of progress."""
LONGEST_SEED = 1_000_000


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of clean repetitions."""
    group = parser.add_argument_group(
        "clean repetitions, to count false alarms (exit code 1 for any FAIL, 3 if none can be judged)"
    )
    group.add_argument(
        "--clean",
        metavar="N",
        help="inject no faults: repeat the clean run N times, disturbed by jitter, lost connections, a busy runner, …",
    )
    group.add_argument(
        "--clean-journeys", metavar="M", help="of these, how many with journeys, which take longest (default: all)"
    )
    group.add_argument("--seed", metavar="S", help="the same seed disturbs the same way (default: a new one)")


def call(given: argparse.Namespace, settings: Settings) -> int:
    """Repeat and write what it came to; return 1 for any FAIL, 3 if nothing could be judged or it was stopped."""
    from smoke.config.paths import some_suites
    from smoke.config.points import FlakyPolicy
    from smoke.judging.judge import combine, exit_code
    from smoke.proof.clean_writing import write_campaign
    from smoke.proof.repeating import Asked
    from smoke.proof.writing import proof_folder, write

    wanted = _number("--clean", given.clean, 1)
    journeys = wanted if given.clean_journeys is None else _number("--clean-journeys", given.clean_journeys, 0)
    seed = random.randrange(LONGEST_SEED) if given.seed is None else _number("--seed", given.seed, 0)  # noqa: S311
    asked = Asked(repetitions=wanted, journeys=min(journeys, wanted), seed=seed)
    proof_folder(settings.reports)
    outcomes: list[Outcome] = []
    for name in some_suites(settings.root) if given.all else (settings.suite,):
        campaign = _repeated(replace(settings, suite=name), asked)
        outcomes.append(Outcome.INCONCLUSIVE if campaign is None else campaign.outcome)
        if campaign is None:
            continue
        if settings.check or settings.category:
            print("a part only: nothing was written")
        else:
            write_campaign(campaign, proof_folder(settings.reports))
            print(f"proof: {settings.shown(write([], settings.reports))}")
        if campaign.ending is Ending.STOPPED:
            break
    return exit_code(combine(outcomes), FlakyPolicy.ALLOW)


def _repeated(settings: Settings, asked: Asked) -> Campaign | None:
    """Repeat one suite and tell how it goes; None if its clean run was not clean."""
    from smoke.browser.choice import BrowserMissing
    from smoke.proof.clean import NotCleanError
    from smoke.proof.repeating import Hearing, repeat

    progress = Progress(asked.repetitions)

    def began(clean: Clean) -> None:
        journeys = any(check.kind is CheckKind.JOURNEY for check in clean.plan.checks)
        outdoors = f", {asked.journeys} of them with journeys" if journeys else " of probes"
        often = f"{asked.repetitions} repetitions{outdoors}, seed {asked.seed}"
        passed = f"clean run PASS ({len(clean.results)} checks, {clean.requests} requests)"
        print(f"{settings.suite} in {clean.plan.environment_name}: {passed}; {often}", flush=True)
        for line in _near(clean):
            print(f"  {line}", flush=True)
        progress.begin()

    try:
        campaign = repeat(settings, asked, Hearing(began, progress.tell))
    except (NotCleanError, BrowserMissing) as error:
        print(f"{settings.suite}: INCONCLUSIVE, nothing can be repeated: {error}")
        return None
    for line in told(campaign.alarm_kinds):
        print(f"  {line}")
    print(f"  {summary(campaign)}", flush=True)
    return campaign


def _near(clean: Clean) -> Iterator[str]:
    """Say which probes were slow in the clean run already: each repetition has that time, too."""
    from smoke.proof.resting import SLOW, share_of

    for probe in clean.basis.probes:
        if (share := share_of(probe, clean.tape.of(probe.id))) > SLOW:
            yield f"{probe.id} took {share:.0%} of its time without any weather"


@dataclass(slots=True)
class Progress:
    """Tells now and then how far it is, and how long it may take."""

    wanted: int
    _begun: float = 0.0
    _told: float = 0.0

    def begin(self) -> None:
        """Take the time from now on."""
        self._begun = self._told = time.monotonic()

    def tell(self, done: Sequence[Repetition]) -> None:
        """Print a line, if it is time for one."""
        now, left = time.monotonic(), self.wanted - len(done)
        if not left or now - self._told < EVERY_S:
            return
        self._told = now
        still = (now - self._begun) / len(done) * left
        print(f"  {len(done)} of {self.wanted}: {_counts(done)}; about {_duration(still)} left", flush=True)


def _counts(done: Sequence[Repetition]) -> str:
    outcomes = [each.outcome for each in done]
    return ", ".join(f"{outcomes.count(each)} {each}" for each in COUNTED)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def told(alarm_kinds: Sequence[AlarmKind]) -> Iterator[str]:
    """Yield a line for each kind of alarm with its weather; checks that got over it share one for whatever it was."""
    got_over: dict[str, list[AlarmKind]] = defaultdict(list)
    for kind in alarm_kinds:
        if kind.outcome is Outcome.FLAKY:
            got_over[str(kind.blame)].append(kind)
            continue
        rule = f", such as {kind.rules[0]}" if kind.rules else ""
        yield f"{kind.outcome} {kind.count} x {kind.check_id}: {kind.blame or 'no attempt'}{rule} ({_weather([kind])})"
    for blame, found in got_over.items():
        checks = ", ".join(f"{kind.check_id} {kind.count}" for kind in found)
        yield f"FLAKY {sum(kind.count for kind in found)} x {blame}: {checks} ({_weather(found)})"


def _weather(alarm_kinds: Sequence[AlarmKind]) -> str:
    counts: Counter[str] = Counter()
    for kind in alarm_kinds:
        counts.update(dict(kind.weathers))
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


def summary(campaign: Campaign) -> str:
    """Say in a line what a campaign came to."""
    from smoke.proof.clean_writing import rate_told

    counted = f"{len(campaign.repetitions)} repetitions, {campaign.with_journeys} with journeys"
    stopped = f" of {campaign.wanted}, stopped" if campaign.ending is Ending.STOPPED else ""
    took = f"in {campaign.duration_s:.1f} s, seed {campaign.seed}"
    return f"{counted}{stopped}: {_counts(campaign.repetitions)}; false alarms {rate_told(campaign)}, {took}"


def _number(option: str, text: str, least: int) -> int:
    if not text.isdecimal() or int(text) < least:
        raise ConfigError.of_option(option, f"is a number from {least} on; got {text!r}")
    return int(text)

"""What a journey is given besides its page: steps, measurements, its account, and the API behind the page."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from smoke.model import Check
from smoke.observation import Measurement, Signal, SignalKind, Step, Unit

if TYPE_CHECKING:  # every journey's file imports this one, and an editor asks which journeys there are at each change
    from playwright.sync_api import APIRequestContext, BrowserContext, Page

    from smoke.accounts.broker import Broker
    from smoke.running.camera import Camera
    from smoke.running.guard import Guard
    from smoke.running.listeners import Listeners
    from smoke.running.record import Record
    from smoke.secrets.secret import Scrubber
    from smoke.target import Credentials, Target


@dataclasses.dataclass(slots=True)
class Journey:
    """The running journey, as its test function sees it."""

    check: Check
    target: Target
    context: BrowserContext
    scrubber: Scrubber
    listeners: Listeners
    record: Record
    broker: Broker
    guard: Guard
    camera: Camera
    between_steps: Callable[[], None]
    """Called when a step is over and the browser has a moment."""
    cleanups: list[Callable[[], None]] = dataclasses.field(default_factory=list)
    accepted: dict[str, str] = dataclasses.field(default_factory=dict)
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """What its context was opened with."""
    documents: dict[str, str] = dataclasses.field(default_factory=dict)
    """Which document each measurement of a page is about: its address, by the measurement's name."""

    @property
    def account(self) -> Credentials:
        """The smoke account that ``@check(account=…)`` names."""
        if self.check.account is None:
            raise LookupError(f"{self.check.id} has no account: name one in @check(account=…)")
        return self.target.accounts[self.check.account]

    @property
    def api(self) -> APIRequestContext:
        """HTTP client with the cookies of the browser; its requests count, and need permits, as the page's do."""
        return self.context.request

    def one_time_code(self) -> str:
        """A TOTP code for the account that was not used before; waits for the next time step where needed."""
        from smoke.running.deadline import stopped_clock

        account = self.account
        if account.totp is None:
            raise LookupError(f"account {account.name} has no second factor")
        begun = time.perf_counter()
        with stopped_clock():
            code = self.broker.codes.fresh(account.user, account.totp)
        self.record.waited_s += time.perf_counter() - begun
        self.scrubber.learn(code)
        return code

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Name and time a part of the journey."""
        import allure

        begun, outer = self.record.clock(), self.camera.step
        self.camera.step = name
        with allure.step(name):
            try:
                yield
                self.camera.look("at the end")
                self.camera.step = outer
            finally:
                elapsed = (self.record.clock() - begun) * 1000
                self.record.steps.append(Step(name=name, duration_ms=elapsed))
                self.listeners.visiting.glance()
                self.between_steps()

    def measure_page(self, page: Page, name: str) -> None:
        """Take the browser's own timings of the document in ``page`` as ``<name>.load_ms`` and so on."""
        from smoke.running import vitals

        url, measured = vitals.read(page, name, self.target.budgets, self.target.ceilings)
        self.record.measurements += measured
        self.documents |= dict.fromkeys((each.name for each in measured), url)

    @contextmanager
    def measured(self, name: str) -> Iterator[None]:
        """Time what happens within as measurement ``name``, in milliseconds."""
        begun = self.record.clock()
        yield
        elapsed = (self.record.clock() - begun) * 1000
        budget, ceiling = self.target.budgets.get(name), self.target.ceilings.get(name)
        self.record.measurements.append(
            Measurement(name=name, value=elapsed, unit=Unit.MS, budget=budget, ceiling=ceiling)
        )

    def expects_answer(self, answer: str, reason: str) -> None:
        """Accept one bad answer that this journey provokes, e.g. ``POST /api/v1/auth/login 401``."""
        self.accepted[answer] = reason

    def at_end(self, cleanup: Callable[[], None]) -> None:
        """Call ``cleanup`` when the journey is over, passed, failed or timed out; the last one first."""
        self.cleanups.append(cleanup)

    def signals(self) -> tuple[Signal, ...]:
        """Everything the page did unasked, with what this journey itself provoked marked as accepted."""
        return tuple(self._marked(signal) for signal in self.listeners.unaccounted())

    def _marked(self, signal: Signal) -> Signal:
        from smoke.running.listeners import LOAD_FAILED

        for answer, reason in self.accepted.items():
            provoked = signal.kind is SignalKind.REQUEST and signal.text == answer
            path = answer.split(" ")[1]
            told = signal.kind is SignalKind.CONSOLE and signal.text.startswith(LOAD_FAILED) and path in signal.text
            if provoked or told:
                return dataclasses.replace(signal, accepted_by=reason)
        return signal

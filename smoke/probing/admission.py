"""Lets a probe's login through the broker, which waits where the probes must not."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace

from smoke.accounts.broker import Broker
from smoke.accounts.errors import AccountUnavailableError, LedgerError
from smoke.accounts.pacing import LoginAnswer
from smoke.model import Blame
from smoke.observation import Finding
from smoke.probing.failing import ProbeFailedError
from smoke.probing.refusing import answer_of, wait_of


@dataclass(slots=True)
class Admitted:
    """A login that may be made; whoever makes it says what became of it."""

    answer: LoginAnswer = LoginAnswer.UNKNOWN
    told: str = "no answer that says"
    wait_s: float = 0.0
    """For so many seconds the product wants no other (Retry-After)."""


Admission = Callable[[str, str], AbstractAsyncContextManager[Admitted]]
"""From a user and the check that signs it in to the time in which it may."""


@asynccontextmanager
async def unasked(_user: str, _check_id: str) -> AsyncIterator[Admitted]:
    """Admit everybody: for accounts that nobody keeps."""
    yield Admitted()


def admission(broker: Broker) -> Admission:
    """Return how the probes of a run are admitted.

    Entering raises ProbeFailedError where the account is not to be had. A refusal within is kept, and told with the
    check that saw it.
    """

    @asynccontextmanager
    async def admit(user: str, check_id: str) -> AsyncIterator[Admitted]:
        with as_findings():
            lease = broker.lease(user)
            await to_thread(lease.__enter__)
            try:
                await to_thread(broker.before_login, user)
                async with _noting(broker, user, check_id) as admitted:
                    yield admitted
            finally:
                lease.__exit__(None, None, None)

    return admit


@asynccontextmanager
async def _noting(broker: Broker, user: str, check_id: str) -> AsyncIterator[Admitted]:
    admitted = Admitted()
    try:
        yield admitted
    except ProbeFailedError as error:
        admitted.answer, admitted.told = answer_of(error), error.finding.rule
        admitted.wait_s = wait_of(error)
        if error.finding.blame is Blame.ACCOUNT:
            error.finding = replace(error.finding, evidence=(*error.finding.evidence, f"seen by {check_id}"))
        raise
    finally:
        await to_thread(broker.after_login, user, check_id, admitted.answer, admitted.told, admitted.wait_s)


@contextmanager
def as_findings() -> Iterator[None]:
    """Turn what prevents a login into the ProbeFailedError of a probe."""
    try:
        yield
    except AccountUnavailableError as error:
        raise ProbeFailedError(error.finding) from error
    except LedgerError as error:
        raise ProbeFailedError(Finding(rule=str(error), blame=Blame.HARNESS)) from error

"""Answers probes from the tape, wrong where a fault says so, and fails as the client does where none comes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from smoke.answers.exchange import Exchange, NoAnswer, NoAnswerError, Request
from smoke.probing.client import Stopwatch, late, unanswered
from smoke.probing.failing import ProbeFailedError
from smoke.proof.fault import Fault
from smoke.proof.tape import Call, NotOnTapeError, Tape

SAID = {
    NoAnswer.REFUSED: "All connection attempts failed: [Errno 111] Connection refused",
    NoAnswer.RESET: "[Errno 104] Connection reset by peer",
    NoAnswer.NO_NAME: "getaddrinfo: [Errno -2] Name or service not known",
    NoAnswer.BAD_CERTIFICATE: "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired",
    NoAnswer.TRUNCATED: "peer closed connection without sending complete message body",
}
"""What the client is told by the network, in its own words."""


@dataclass(slots=True)
class Faulty:
    """Answers from the tape; where a check is to be fooled, with the fault."""

    tape: Tape
    fault: Fault
    meant: frozenset[tuple[str, str, int]]
    """Method, address and good status of what the fault is about."""
    touched: set[str] = field(default_factory=set)
    """Checks that got a faulty answer."""
    trouble: str | None = None
    _asked: Counter[Call] = field(default_factory=Counter)
    _hit: Counter[str] = field(default_factory=Counter)

    async def send(self, request: Request, timeout_s: float) -> Exchange:
        """Answer ``request``; raises ProbeFailedError as the client does where no answer comes."""
        try:
            good = self.tape.answer(request, self._asked)
        except NotOnTapeError as error:
            self.trouble = str(error)
            raise no_answer(NoAnswer.RESET, request, timeout_s) from error
        if (request.method, request.url, good.status) not in self.meant:
            return good
        self._hit[request.check_id] += 1
        try:
            bad = self.fault.act(good, self._hit[request.check_id])
        except NoAnswerError as error:
            self.touched.add(request.check_id)
            raise no_answer(error.how, request, timeout_s) from error
        if bad != good:
            self.touched.add(request.check_id)
        return bad


def no_answer(how: NoAnswer, request: Request, timeout_s: float) -> ProbeFailedError:
    """Return what the client raises where no answer comes for the reason ``how``."""
    if how is NoAnswer.HANGS:
        connected = Stopwatch()
        connected.marks |= dict.fromkeys(("dns.complete", "connection.connect_tcp.complete"), connected.begun)
        return ProbeFailedError(late(request, timeout_s, connected))
    return ProbeFailedError(unanswered(request, SAID[how]))

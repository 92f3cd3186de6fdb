"""One journey with one fault: answers from the tape, wrong where the fault says so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from smoke.answers.exchange import Exchange, NoAnswer, NoAnswerError, Request
from smoke.proof.journey_fault import JourneyFault, unchanged
from smoke.proof.tape import Call, NotOnTapeError, Tape
from smoke.safety import READS


@dataclass(slots=True)
class Replay:
    """Stands in for the target of one case."""

    tape: Tape
    check_id: str
    """Of the journey, as the tape knows it."""
    fault: JourneyFault
    touched: int = 0
    """Answers that the fault changed."""
    passed: int = 0
    """Requests that the clean run had not made, and that went on to the target: they only read."""
    trouble: str | None = None
    _asked: dict[str, Counter[Call]] = field(default_factory=dict)
    """By attempt: each begins anew."""
    _hit: int = 0

    def answer(self, request: Request, asker: str) -> Exchange | None:
        """Return the answer to what attempt ``asker`` asks; None where the target may give it.

        Raises NoAnswerError where the fault does, and for a write that is not on the tape.
        """
        asked = self._asked.setdefault(asker, Counter())
        mine = replace(request, check_id=self.check_id)
        try:
            good = self.tape.answer_near(mine, asked)
        except NotOnTapeError as error:
            self._unknown(mine, error)
            return None
        if not self.fault.about(mine):
            return good
        self._hit += 1
        try:
            bad = self.fault.act(good, self._hit)
        except NoAnswerError:
            self.touched += 1
            raise
        self.touched += bad != good
        return bad

    def _unknown(self, request: Request, error: NotOnTapeError) -> None:
        """Count what is not on the tape; raises NoAnswerError for what would write."""
        if request.method in READS:
            self.passed += 1
            return
        self.trouble = str(error)
        raise NoAnswerError(NoAnswer.RESET) from error

    @property
    def idle(self) -> str | None:
        """Why the case shows nothing; None if it does."""
        changes = self.fault.act is not unchanged
        if self.trouble is None and changes and not self.touched:
            return "the fault changed nothing that the check asks for"
        return self.trouble

"""Exchanges a password: change, try, keep; and everything back if one of them fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from smoke.secrets.secret import Secret
from smoke.upkeep.recovery import Recovery
from smoke.upkeep.steps import NotAnsweredError, StepFailedError, Steps


class Ended(Enum):
    """How a rotation ended."""

    ROTATED = auto()
    UNTOUCHED = auto()
    """It did not begin: nothing was changed."""
    ROLLED_BACK = auto()
    """It failed, and the old password was seen to be in force again."""
    UNCERTAIN = auto()
    """It failed, and so did the way back: nobody can say which password is in force."""

    @property
    def exit_code(self) -> int:
        """What the shell is told: 0 rotated, 1 rolled back, 3 where nothing can be said."""
        match self:
            case Ended.ROTATED:
                return 0
            case Ended.ROLLED_BACK:
                return 1
            case Ended.UNTOUCHED | Ended.UNCERTAIN:
                return 3


class _Reached(Enum):
    """How far it came."""

    CHANGE = auto()
    STORE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChange:
    """One password in exchange for another."""

    steps: Steps
    recovery: Recovery
    about: Mapping[str, str]
    """What the passwords belong to, for whoever reads the recovery file."""
    old: Secret
    new: Secret
    say: Callable[[str], None]

    def perform(self) -> Ended:
        """Do it, or undo it; every step is told."""
        if self.recovery.exists():
            self.say(f"an earlier rotation did not end, and {self.recovery.path} holds both of its passwords:")
            self.say("find out which one signs in, keep it where it belongs, and remove the file")
            return Ended.UNTOUCHED
        try:
            with self.steps.admitted():
                return self._exchange()
        except StepFailedError as error:
            self.say(f"nothing was changed: {error}")
            return Ended.UNTOUCHED

    def _begin(self) -> None:
        self.steps.enter(self.old)
        self.say("the current password signs in")
        try:
            self.recovery.write(self.about, self.old, self.new)
        except OSError as error:
            raise StepFailedError(f"{self.recovery.path} cannot be written: {error.strerror}") from error

    def _exchange(self) -> Ended:
        self._begin()
        reached = _Reached.CHANGE
        try:
            self.steps.change(self.old, self.new)
            self.say("the password is changed")
            self.steps.enter(self.new)
            self.say("the new password signs in")
            reached = _Reached.STORE
            self.steps.store(self.old, self.new)
            self.say("the new password is stored")
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - whatever it was, there is a way back to try
            self.say(f"failed: {_why(error)}")
            return self._undo(reached, error)
        self.recovery.remove()
        self.steps.retire(self.old)
        return Ended.ROTATED

    def _undo(self, reached: _Reached, failed: BaseException) -> Ended:
        try:
            landed = reached is _Reached.STORE or not self._old_signs_in()
            if landed:
                self.steps.change(self.new, self.old)
                self.say("rolled back: the old password is set again")
                self.steps.enter(self.old)
            self.say("the old password signs in")
            if reached is _Reached.STORE:
                self.steps.store(self.new, self.old)
                self.say("rolled back: the old password is stored again")
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - whatever it was, a password may be lost
            return self._uncertain(f"NOT ROLLED BACK: {_why(error)}")
        if not landed and isinstance(failed, NotAnsweredError):
            return self._uncertain("THE CHANGE MAY STILL COME: nobody said that it was refused")
        self.recovery.remove()
        return Ended.ROLLED_BACK

    def _uncertain(self, why: str) -> Ended:
        self.say(why)
        self.say(f"BOTH PASSWORDS ARE IN {self.recovery.path}, which only you can read:")
        self.say("find out which one signs in, keep it where it belongs, and remove the file")
        return Ended.UNCERTAIN

    def _old_signs_in(self) -> bool:
        try:
            self.steps.enter(self.old)
        except StepFailedError:
            return False
        return True


def _why(error: BaseException) -> str:
    return "interrupted" if isinstance(error, KeyboardInterrupt) else str(error) or type(error).__name__

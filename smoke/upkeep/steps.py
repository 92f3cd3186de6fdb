"""The steps of a rotation that touch something: the product, where the password is kept, and the commands for both."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from smoke.accounts.errors import LedgerError
from smoke.answers.variables import filled
from smoke.config.account import DOTENV, Rotation
from smoke.host.process import run
from smoke.model import Blame
from smoke.probing.failing import ProbeFailedError
from smoke.probing.signing import Authorization
from smoke.secrets.secret import Secret
from smoke.target import Credentials
from smoke.upkeep.entrance import Entrance

READ_BY_OTHERS = 0o044


class StepFailedError(Exception):
    """A step did not do what it is for; says why. What it says may still hold a secret."""


class NotAnsweredError(StepFailedError):
    """Nobody said whether a step was done: it may still take effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What can be done with the passwords of one account."""

    account: Credentials
    variable: str
    """Name under which the password is kept."""
    rotation: Rotation
    entrance: Entrance
    root: Path
    environ: Mapping[str, str]
    """Environment of the commands, before the passwords."""
    say: Callable[[str], None]
    proofs: dict[Secret, Authorization] = field(default_factory=dict)
    """What each accepted password came to."""
    refused: set[Secret] = field(default_factory=set)
    """Passwords that are not tried again: some products lock an account after three."""

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Keep the account from other runs, once it may sign in; raises StepFailedError."""
        try:
            with self.entrance.admitted(self.account):
                yield
        except ProbeFailedError as error:
            raise StepFailedError(f"{error.finding.blame}: {error.finding.rule}") from error

    def enter(self, password: Secret) -> None:
        """Sign in with ``password``; raises StepFailedError."""
        try:
            self.proofs[password] = self.entrance.enter(self.account, password).proof
        except ProbeFailedError as error:
            if error.finding.blame is Blame.ACCOUNT:
                self.refused.add(password)
            raise StepFailedError(f"{error.finding.blame}: {error.finding.rule}") from error

    def change(self, old: Secret, new: Secret) -> None:
        """Change the password in the product; raises StepFailedError."""
        if self.rotation.request is not None:
            self._ask(self.rotation.request, old, new)
        else:
            self._command("change", self.rotation.change or (), old, new)

    def store(self, old: Secret, new: Secret) -> None:
        """Put ``new`` where ``old`` is kept; raises StepFailedError."""
        if self.rotation.store == DOTENV:
            path = self.root / ".env"
            store_in_dotenv(path, self.variable, new)
            if (mode := path.stat().st_mode & 0o777) & READ_BY_OTHERS:
                self.say(f"warning: others on this machine can read {path.name} (mode {mode:o}); chmod 600 it")
        else:
            self._command("store", tuple(self.rotation.store), old, new)

    def retire(self, old: Secret) -> None:
        """Let runs that still have ``old`` know that they need not try it."""
        try:
            self.entrance.broker.ledger.rotated(self.account.user, old, time.time())
        except LedgerError as error:
            self.say(f"runs that began before may still try the old password: {error}")

    def _ask(self, request: str, old: Secret, new: Secret) -> None:
        proof = self._proof(old)
        body = filled(self.rotation.body, {"user": self.account.user, "old": old.reveal(), "new": new.reveal()})
        try:
            answer = self.entrance.ask(request, self.account, proof, body)
        except ProbeFailedError as error:
            raise NotAnsweredError(f"{error.finding.blame}: {error.finding.rule}") from error
        if answer.status >= 500:
            raise NotAnsweredError(f"{request} answered {answer.status}")
        if not 200 <= answer.status < 300:
            raise StepFailedError(f"{request} answered {answer.status}")

    def _proof(self, password: Secret) -> Authorization:
        """Return what signs in: for ``password`` if it is accepted, else an earlier session, which may still last."""
        if password not in self.proofs and password not in self.refused:
            try:
                self.enter(password)
            except StepFailedError:
                if not self.proofs:
                    raise
        return self.proofs.get(password) or next(reversed(self.proofs.values()))

    def _command(self, step: str, command: tuple[str, ...], old: Secret, new: Secret) -> None:
        given = {
            "SMOKE_ACCOUNT_USER": self.account.user,
            "SMOKE_OLD_PASSWORD": old.reveal(),
            "SMOKE_NEW_PASSWORD": new.reveal(),
        }
        done = run(command, seconds=self.rotation.timeout_s, environ={**self.environ, **given}, cwd=self.root)
        for line in done.output.splitlines():
            self.say(f"  {step}: {line}")
        if not done.ok:
            how = "did not end by itself" if done.code is None else f"exited with {done.code}"
            failed = NotAnsweredError if done.code is None else StepFailedError
            raise failed(f"{command[0]} {how}: {done.cause}")


def store_in_dotenv(path: Path, variable: str, password: Secret) -> None:
    """Rewrite one variable of a .env file whole or not at all, its mode kept; raises StepFailedError."""
    from dotenv import dotenv_values, set_key

    try:
        set_key(path, variable, password.reveal(), follow_symlinks=True)
        kept = dotenv_values(path).get(variable)
    except OSError as error:
        raise StepFailedError(f"{path.name} cannot be written: {error.strerror}") from error
    if kept != password.reveal():
        raise StepFailedError(f"{variable} reads otherwise in {path.name} than it was written")

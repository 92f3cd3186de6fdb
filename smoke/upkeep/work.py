"""``smoke accounts rotate`` from settings to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from smoke.config.load import load
from smoke.config.paths import SUITES, suites
from smoke.config.problems import ConfigError
from smoke.secrets.secret import Scrubber, Secret
from smoke.settings import Settings
from smoke.target import Credentials, open_target
from smoke.upkeep.entrance import Entrance, open_entrance
from smoke.upkeep.new_password import new_password
from smoke.upkeep.planned import Meant, meant
from smoke.upkeep.preconditions import key_of, problems
from smoke.upkeep.recovery import recovery_of
from smoke.upkeep.rotating import Ended, PasswordChange
from smoke.upkeep.steps import Steps
from smoke.upkeep.written import NotWrittenError, write_password_set


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotating:
    """One account whose password may be changed."""

    exchange: PasswordChange
    meant: Meant
    name: str
    settings: Settings
    say: Callable[[str], None]

    def rotate(self) -> Ended:
        """Change the password, and where that is done write its day into suite.yaml."""
        ended = self.exchange.perform()
        match ended:
            case Ended.ROTATED:
                self._write_day()
                self.say(f"ROTATED {self.exchange.about['user']}")
            case Ended.ROLLED_BACK:
                self.say(f"NOT ROTATED {self.exchange.about['user']}: the old password is in force")
            case Ended.UNTOUCHED | Ended.UNCERTAIN:
                self.say(f"INCONCLUSIVE {self.exchange.about['user']}")
        return ended

    def _write_day(self) -> None:
        file = f"{SUITES}/{self.meant.plan.suite.name}/suite.yaml"
        key, day = key_of(self.meant, self.name), datetime.now(UTC).date()
        try:
            write_password_set(self.settings.root / file, self.settings.root, key, day)
        except (NotWrittenError, ConfigError, OSError) as error:
            self.say(f"{file} does not say so yet, write password_set: {day} into {self.name} yourself: {error}")
        else:
            self.say(f"password_set is {day} in {file}")


@contextmanager
def rotation_of(
    settings: Settings, name: str, environ: Mapping[str, str], say: Callable[[str], None]
) -> Iterator[Rotating]:
    """Yield the rotation of account ``name``; raises ConfigError with all that forbids it.

    ``environ`` is the process environment: what it holds beats .env, and commands inherit it.
    """
    wanted = meant(settings, [name])
    every = (load(settings.root, suite) for suite in suites(settings.root))
    if found := tuple(problems(wanted, name, every, environ)):
        raise ConfigError(found)
    new = new_password()
    with open_target(wanted.plan, settings) as target:
        scrubber = Scrubber((*target.secrets, new))

        def tell(line: str) -> None:
            say(scrubber.text(line))

        with open_entrance(wanted, target, settings, scrubber.learn) as entrance:
            entrance.broker.tell = tell
            exchange = _exchange(wanted, target.accounts[name], entrance, settings, environ, new, tell)
            yield Rotating(exchange=exchange, meant=wanted, name=name, settings=settings, say=tell)


def _exchange(
    wanted: Meant,
    account: Credentials,
    entrance: Entrance,
    settings: Settings,
    environ: Mapping[str, str],
    new: Secret,
    tell: Callable[[str], None],
) -> PasswordChange:
    declared = wanted.accounts[account.name]
    assert declared.rotation is not None, "its absence was told as a problem"
    steps = Steps(
        account=account,
        variable=declared.password,
        rotation=declared.rotation,
        entrance=entrance,
        root=settings.root,
        environ=environ,
        say=tell,
    )
    suite, environment = wanted.plan.suite.name, wanted.plan.environment_name
    about = {
        "suite": suite,
        "environment": environment,
        "address": entrance.door.address,
        "account": account.name,
        "user": account.user,
        "variable": declared.password,
        "begun": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    recovery = recovery_of(suite, environment, account.name, settings.environ)
    return PasswordChange(steps=steps, recovery=recovery, about=about, old=account.password, new=new, say=tell)

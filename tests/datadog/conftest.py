"""A Datadog account on the loopback interface, and the program that is told to speak with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from smoke.cli import main
from tests.support.datadog_account import DatadogAccount, account_on
from tests.support.datadog_intake import DatadogIntake
from tests.support.datadog_server import intake  # noqa: F401

ROOT = Path(__file__).parents[2]
KEYS = {"DD_API_KEY": "0123456789abcdef0123456789abcdef", "DD_APP_KEY": "fedcba9876543210fedcba9876543210fedcba98"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a command came to."""

    code: int
    out: str
    err: str


Smoke = Callable[..., Said]


@pytest.fixture
def account(intake: DatadogIntake) -> DatadogAccount:  # noqa: F811
    return account_on(intake)


@pytest.fixture
def smoke(account: DatadogAccount, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Smoke:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("SMOKE_DATADOG_URL", account.intake.url)
    for name in ("SMOKE_ENV", "SMOKE_SUITE", "DD_SITE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("smoke.datadog.account.PATIENCE_S", 120.0)  # the description of a dashboard is long to check
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)

    def smoke(*line: str) -> Said:
        code = main(line)
        said = capsys.readouterr()
        assert not [value for value in KEYS.values() if value in said.out + said.err]
        return Said(code, said.out, said.err)

    return smoke

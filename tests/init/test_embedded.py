"""What ``smoke init`` writes for the embedded products passes as it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from smoke.demo.options import DemoOptions
from smoke.demo.process import DemoProcess, start
from tests.init.conftest import Smoke, texts

pytestmark = pytest.mark.browser

PASSWORD, KEY = "SMOKE_TEST_PASSWORD", "SMOKE_TEST_TOTP_SECRET"
LOGINS = {
    "betterprompts": (
        "--login",
        "--user",
        "smoke-test-premium@betterprompts.com",
        "--password",
        PASSWORD,
        "--totp",
        KEY,
    ),
    "astronote": ("--login", "--user", "smoke-test-merchant@astronote.example", "--password", PASSWORD),
    "deltacrown": ("--no-login",),
    "mosaic": ("--no-login",),
}
JOURNEYS = {"homepage.load", "login.account", "login.refused"}


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoProcess]:
    with start(DemoOptions()) as process:
        yield process


@pytest.mark.long
@pytest.mark.parametrize("product", LOGINS)
def test_its_suite_passes(product: str, demo: DemoProcess, smoke: Smoke, folder: Path) -> None:
    """Valid, green, and without a line that a person would have to write."""
    secrets = {name: demo.environ[name] for name in (PASSWORD, KEY)}
    done = smoke("init", "--name", product, "--url", demo.base_urls[product], *LOGINS[product], **secrets)
    assert done.code == 0, done.said
    assert f"smoke prove --suite {product}" in done.stdout
    assert smoke("config", "check").code == 0
    checks = json.loads((folder / "reports/verdict.json").read_text())["checks"]
    outcomes = {check["id"]: check["outcome"] for check in checks}
    wanted = JOURNEYS if "--login" in LOGINS[product] else {"homepage.load"}
    assert wanted <= {name for name, outcome in outcomes.items() if outcome == "PASS"}, outcomes
    everything = "".join(texts(folder).values()) + done.said
    assert "TODO" not in everything
    assert not [name for name, secret in secrets.items() if secret in everything]

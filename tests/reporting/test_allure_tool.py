"""Allure is pinned, installed once, and told nothing that it need not know."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from smoke.host.machine import Machine
from smoke.host.process import Finished
from smoke.reporting import allure
from smoke.reporting.allure.tool import AllureUnavailableError
from smoke.reporting.allure.tool import allure as find_allure

LOCK = json.loads((Path(allure.__file__).parent / "package-lock.json").read_text())
PACKAGES = {name: about for name, about in LOCK["packages"].items() if name}


class Node:
    """Stands in for node and npm."""

    def __init__(self, version="v22.1.0", npm=None):
        self.version, self.npm, self.installs = version, npm or Finished(0, ""), []

    def __call__(self, command, *, seconds, environ, cwd=None):
        if command[-1] == "--version":
            return Finished(0, self.version)
        self.installs.append((command, environ, seconds))
        if self.npm.ok:
            (cwd / "node_modules" / "allure").mkdir(parents=True)
            (cwd / "node_modules" / "allure" / "cli.js").touch()
        return self.npm


@pytest.fixture
def machine(tmp_path):
    for name in ("node", "npm"):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).touch(mode=0o755)
    return Machine(
        environ={"PATH": str(tmp_path / "bin"), "XDG_CACHE_HOME": str(tmp_path / "cache")},
        platform="linux",
        today=date(2026, 11, 21),
        say=lambda line: None,
        run=Node(),
    )


def test_every_package_is_pinned_by_its_content():
    """The lock names a hash for each package and no place to fetch it from."""
    assert PACKAGES["node_modules/allure"]["version"] == "3.18.0"
    assert [name for name, about in PACKAGES.items() if not about.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, about in PACKAGES.items() if "resolved" in about] == []


def test_it_is_installed_once(machine):
    """The second report of a user, in whatever project, finds it there."""
    first = find_allure(machine)
    assert find_allure(machine) == first
    assert len(machine.run.installs) == 1
    assert first.program.is_relative_to(machine.cache)


def test_packages_run_no_scripts_of_their_own_while_they_are_installed(machine):
    """npm is told so, and its time is bounded."""
    find_allure(machine)
    command, _, seconds = machine.run.installs[0]
    assert command[1:3] == ["ci", "--ignore-scripts"]
    assert seconds == 180


@pytest.mark.parametrize("missing", ["node", "npm"])
def test_without_node_the_reason_says_what_is_needed(machine, missing):
    """Both programs are needed, and one sentence says so."""
    (Path(machine.environ["PATH"]) / missing).unlink()
    with pytest.raises(AllureUnavailableError, match="needs Node 20 or newer with npm on PATH"):
        find_allure(machine)


@pytest.mark.parametrize("version", ["v18.20.4\n", "command not found"])
def test_an_old_node_is_named(machine, version):
    """The version that was found is in the reason."""
    with pytest.raises(AllureUnavailableError, match=f"needs Node 20 or newer; .* is {version.strip()}"):
        find_allure(replace(machine, run=Node(version)))


def test_a_failed_install_is_remembered_for_the_day_and_leaves_nothing(machine):
    """On a closed network only the first run of a day waits for npm."""
    offline = replace(machine, run=Node(npm=Finished(1, "npm error code ENOTFOUND\nnpm error network\n")))
    with pytest.raises(AllureUnavailableError, match=r"npm could not install it \(npm error code ENOTFOUND\)"):
        find_allure(offline)
    with pytest.raises(AllureUnavailableError, match="could not be installed earlier today"):
        find_allure(offline)
    assert len(offline.run.installs) == 1
    assert list((machine.cache / "allure").iterdir()) == []
    assert find_allure(replace(machine, today=date(2026, 11, 22))).program.is_file()


def test_secrets_stay_out_of_allures_environment(machine):
    """It gets what a program needs, and nothing that looks like a secret; npm may need its token."""
    secrets = {"SMOKE_BASE_URL": "x", "DD_SITE": "x", "GITHUB_TOKEN": "x", "api_key": "x", "SLACK_WEBHOOK": "x"}
    machine = replace(machine, environ={**machine.environ, **secrets, "LANG": "C"})
    assert set(find_allure(machine).environ) == {"PATH", "XDG_CACHE_HOME", "LANG"}
    assert machine.run.installs[0][1]["GITHUB_TOKEN"] == "x"


def test_a_damaged_install_is_named(machine):
    """A folder without the program is not reported as a failure of Allure itself."""
    find_allure(machine).program.unlink()
    with pytest.raises(AllureUnavailableError, match=f"{machine.cache}.* is damaged; remove it"):
        find_allure(machine)

from __future__ import annotations

from pathlib import Path

import pytest

from smoke.config.problems import ConfigError
from smoke.model import Category
from smoke.options import OPTIONS, Option
from smoke.settings import Settings, find_root, resolve

Example = tuple[str, object]
EXAMPLES: dict[str, tuple[Example, Example, Example]] = {
    "suite": (("a", "a"), ("b", "b"), ("c", "c")),
    "env": (("staging", "staging"), ("canary", "canary"), ("local", "local")),
    "base_url": (
        ("https://a.example/", "https://a.example"),
        ("http://b.example:8080/shop", "http://b.example:8080/shop"),
        ("https://c.example", "https://c.example"),
    ),
    "check": (("login", ("login",)), ("home, login.basic", ("home", "login.basic")), ("health", ("health",))),
    "category": (
        ("database", (Category.DATABASE,)),
        ("api-health,database", (Category.API_HEALTH, Category.DATABASE)),
        ("api-health", (Category.API_HEALTH,)),
    ),
    "region": (("eu", "eu"), ("us", "us"), ("ap", "ap")),
    "expect_build": (("1", "1"), ("2", "2"), ("3", "3")),
    "browser": (("firefox", "firefox"), ("webkit", "webkit"), ("firefox", "firefox")),
    "headed": (("1", True), ("yes", True), ("On", True)),
    "slowmo": (("100", 100), ("200", 200), ("300", 300)),
    "workers": (("1", 1), ("2", 2), ("3", 3)),
    "runner_band": (("1.5", 1.5), ("2", 2.0), ("0.5", 0.5)),
    "reports": (("a", "a"), ("b/c", "b/c"), ("d", "d")),
}
"""For each option a text and what it means: on the command line, in the environment, in .env."""

every_option = pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)


def settled(root: Path, given: dict[str, object] | None = None, environ: dict[str, str] | None = None) -> Settings:
    return resolve(given or {}, point="local", root=root, environ=environ or {})


def meant(root: Path, option: Option, example: Example) -> object:
    """What settings hold when they were given ``example``."""
    return root / str(example[1]) if option.name == "reports" else example[1]


def line(option: Option, example: Example) -> str:
    return f"{option.variable}={example[0]}\n"


@every_option
def test_an_option_beats_everything(tmp_path: Path, option: Option) -> None:
    """What is typed wins over the environment and .env, and settings say so."""
    typed, exported, kept = EXAMPLES[option.name]
    (tmp_path / ".env").write_text(line(option, kept))
    said = [typed[0]] if option.repeat else True if option.metavar is None else typed[0]
    settings = settled(tmp_path, {option.name: said}, {option.variable: exported[0]})
    assert getattr(settings, option.name) == meant(tmp_path, option, typed)
    assert settings.origins[option.name] == option.flag


@every_option
def test_the_environment_beats_the_file(tmp_path: Path, option: Option) -> None:
    """Each option has its variable, which wins over the same variable in .env."""
    _, exported, kept = EXAMPLES[option.name]
    (tmp_path / ".env").write_text(line(option, kept))
    settings = settled(tmp_path, {}, {option.variable: exported[0]})
    assert getattr(settings, option.name) == meant(tmp_path, option, exported)
    assert settings.origins[option.name] == option.variable


@every_option
def test_the_file_beats_the_default(tmp_path: Path, option: Option) -> None:
    """A variable that stands in .env alone counts, and settings name the file."""
    *_, kept = EXAMPLES[option.name]
    (tmp_path / ".env").write_text(line(option, kept))
    settings = settled(tmp_path)
    assert getattr(settings, option.name) == meant(tmp_path, option, kept)
    assert settings.origins[option.name] == f"{option.variable} in .env"


@every_option
def test_without_a_word_the_default_counts(tmp_path: Path, option: Option) -> None:
    """An option that nobody set, or set to nothing, has its default."""
    default = () if option.repeat else option.default
    settings = settled(tmp_path, {option.name: None}, {option.variable: ""})
    assert getattr(settings, option.name) == meant(tmp_path, option, ("", default))
    assert settings.origins[option.name] == "default"


@every_option
def test_an_option_is_described(option: Option) -> None:
    """Every option says what it is for, and its names follow from each other."""
    assert option.help
    assert option.flag == "--" + option.name.replace("_", "-")
    assert option.variable == f"SMOKE_{option.name.upper()}"


def test_the_defaults_are_what_a_newcomer_needs(tmp_path: Path) -> None:
    """Without a word the default suite is checked in an invisible Chromium, at full speed."""
    settings = settled(tmp_path)
    assert (settings.suite, settings.browser, settings.region) == ("betterprompts", "chromium", "local")
    assert (settings.headed, settings.slowmo, settings.workers) == (False, 0, None)
    assert (settings.env, settings.base_url, settings.expect_build) == (None, None, None)
    assert settings.reports == tmp_path / "reports"


def with_suites(root: Path, *names: str) -> Path:
    for name in names:
        (root / "config" / "suites" / name).mkdir(parents=True)
        (root / "config" / "suites" / name / "suite.yaml").touch()
    return root


def test_an_only_suite_is_the_default(tmp_path: Path) -> None:
    """Where there is nothing to choose from nobody has to choose, and settings say why."""
    settings = settled(with_suites(tmp_path, "shop"))
    assert (settings.suite, settings.origins["suite"]) == ("shop", "the only suite in config/suites")


def test_an_only_suite_overrules_nobody(tmp_path: Path) -> None:
    """A suite that was asked for is not replaced by the one that is there, nor is one of several taken."""
    root = with_suites(tmp_path, "shop")
    assert settled(root, {"suite": "shops"}).suite == "shops"
    assert settled(root, {}, {"SMOKE_SUITE": "shops"}).suite == "shops"
    assert settled(with_suites(root, "bakery")).origins["suite"] == "default"


def test_the_default_browser_can_be_asked_for(tmp_path: Path) -> None:
    """To name the default is no mistake."""
    assert settled(tmp_path, {"browser": "chromium"}).origins["browser"] == "--browser"


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("1", True),
        ("true", True),
        ("YES", True),
        (" on ", True),
        ("0", False),
        ("false", False),
        ("No", False),
        (" off ", False),
    ],
)
def test_a_switch_can_be_on_and_off(tmp_path: Path, text: str, on: bool) -> None:
    """A switch in the environment may say yes and no, as people write it."""
    settings = settled(tmp_path, {}, {"SMOKE_HEADED": text})
    assert settings.headed is on
    assert settings.origins["headed"] == "SMOKE_HEADED"


def test_a_variable_without_a_value_is_not_said(tmp_path: Path) -> None:
    """A line of .env that only names a variable sets nothing."""
    (tmp_path / ".env").write_text("SMOKE_ENV\nSMOKE_REGION=\n")
    settings = settled(tmp_path)
    assert (settings.env, settings.region) == (None, "local")
    assert "SMOKE_ENV" not in settings.environ


@pytest.mark.parametrize(
    "option", [each for each in OPTIONS if each.metavar and not each.repeat], ids=lambda each: each.name
)
def test_an_option_without_a_value_is_refused(tmp_path: Path, option: Option) -> None:
    """As a pipeline's ``--expect-build "$BUILD"`` would be, where nobody set it: the default is another wish."""
    with pytest.raises(ConfigError, match=f"{option.flag}: is empty; say what it is, or leave it out"):
        settled(tmp_path, {option.name: ""})


@pytest.mark.parametrize("text", [" ", "\t\n", "b1\nb2", "b\x00"])
def test_a_build_is_something_that_can_be_shown(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="--expect-build: is the id of a build"):
        settled(tmp_path, {"expect_build": text})


def test_blanks_around_a_build_are_not_its_name(tmp_path: Path) -> None:
    assert settled(tmp_path, {}, {"SMOKE_EXPECT_BUILD": "b1\n"}).expect_build == "b1"


def test_every_wrong_value_is_reported_at_once(tmp_path: Path) -> None:
    """One run is enough to learn of all that is wrong, with where it came from and what it should be."""
    (tmp_path / ".env").write_text("SMOKE_SLOWMO=fast\nSMOKE_WORKERS=-1\n")
    given = {"browser": "netscape", "base_url": "shop.example"}
    environ = {"SMOKE_HEADED": "maybe", "SMOKE_CATEGORY": "database,login", "SMOKE_WORKERS": "many"}
    with pytest.raises(ConfigError) as caught:
        settled(tmp_path, given, environ)
    assert str(caught.value) == (
        "command line: 2 problems\n"
        "  --base-url: starts with http:// or https://; got 'shop.example'\n"
        "  --browser: is chromium, firefox or webkit; got 'netscape'\n"
        "environment: 4 problems\n"
        "  SMOKE_CATEGORY: is one of api-health, database, external-services, authentication, critical-paths; "
        "got 'login'\n"
        "  SMOKE_HEADED: is true or false; got 'maybe'\n"
        "  SMOKE_SLOWMO in .env: is a whole number from 0; got 'fast'\n"
        "  SMOKE_WORKERS: is a whole number from 1; got 'many'"
    )


def test_secrets_are_looked_up_in_the_environment_over_the_file(tmp_path: Path) -> None:
    """Other variables are kept too, the environment's over those of .env, and are not printed."""
    (tmp_path / ".env").write_text("SHOP_PASSWORD=of-the-file\nSHOP_TOTP=JBSWY3DPEHPK3PXP\n")
    settings = settled(tmp_path, {}, {"SHOP_PASSWORD": "of-the-shell"})
    assert settings.environ == {"SHOP_PASSWORD": "of-the-shell", "SHOP_TOTP": "JBSWY3DPEHPK3PXP"}
    assert "of-the-shell" not in repr(settings)


def test_an_absolute_reports_folder_stays(tmp_path: Path) -> None:
    """A reports folder is below the root unless it says otherwise."""
    elsewhere = tmp_path / "elsewhere"
    assert settled(tmp_path / "root", {"reports": str(elsewhere)}).reports == elsewhere


def test_a_path_is_shown_as_people_type_it(tmp_path: Path) -> None:
    """Below the root a path is short, and elsewhere it is whole."""
    settings = settled(tmp_path / "root")
    assert settings.shown(tmp_path / "root" / "reports" / "a.txt") == "reports/a.txt"
    assert settings.shown(tmp_path / "a.txt") == str(tmp_path / "a.txt")


def test_the_root_is_found_from_below(tmp_path: Path) -> None:
    """Any folder of a project leads to its root, and the nearest root counts."""
    inner = tmp_path / "inner"
    below = inner / "e2e" / "shop"
    for folder in (tmp_path / "config" / "suites", inner / "config" / "suites", below):
        folder.mkdir(parents=True)
    assert find_root(below) == inner
    assert find_root(inner) == inner


def test_outside_of_a_project_there_is_no_root(tmp_path: Path) -> None:
    """Somebody in the wrong folder is told so, and what to do."""
    with pytest.raises(ConfigError) as caught:
        find_root(tmp_path)
    assert str(caught.value) == (
        f"command line: 1 problem\n  no config/suites at or above {tmp_path}; "
        "run inside a project, or begin one with `smoke init`"
    )


@pytest.mark.parametrize("text", ["0", "-1"])
def test_somebody_has_to_work(tmp_path: Path, text: str) -> None:
    """No worker at all, or less, is refused with the least that there may be."""
    with pytest.raises(ConfigError, match=f"--workers: is a whole number from 1; got '{text}'"):
        settled(tmp_path, {"workers": text})

"""Which browser is chosen, in which order, and how it is started."""

import json
import re
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from smoke.browser.choice import BrowserChoice, BrowserMissing, Origin
from smoke.browser.find import find_browser
from smoke.browser.launch import launch_args, launch_options
from smoke.browser.launch import version as version_of
from smoke.host.machine import Machine
from smoke.host.process import Finished
from tests.support.afresh import printed

BROWSERS = {
    "browsers": [
        {"name": "chromium", "revision": "1255", "browserVersion": "159.0.8154.6"},
        {"name": "chromium-headless-shell", "revision": "1255", "browserVersion": "159.0.8154.6"},
        {"name": "firefox", "revision": "1572", "browserVersion": "159.0"},
        {"name": "webkit", "revision": "2388", "revisionOverrides": {"mac14": "2251"}, "browserVersion": "27.2"},
    ]
}
FULL, SHELL = "chromium-1255/chrome-linux64/chrome", "chromium_headless_shell-1255/chrome-headless-shell-linux64/"
SHELL += "chrome-headless-shell"
FORM = """<form action=/login method=post><input type=email name=email><input type=password name=password>
<button>Sign in</button></form><script>setTimeout(() => console.log("settled"), 1500)</script>"""


def program(path: Path, text: str = "#!/bin/sh\necho Chromium 156.0.8078.79 built on Debian\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


class Runner:
    """Stands in for running programs: notes each command, and does what the test says it does."""

    def __init__(self, *, code=1, output="", effect=lambda command: None):
        self.commands, self.environs, self.seconds = [], [], []
        self.code, self.output, self.effect = code, output, effect

    def __call__(self, command, *, seconds, environ, cwd=None):
        self.commands.append([Path(command[0]).name, *command[1:]])
        self.environs.append(environ)
        self.seconds.append(seconds)
        self.effect(command)
        return Finished(self.code, self.output)


class Desk:
    """A computer in a temporary folder."""

    def __init__(self, folder: Path):
        self.folder, self.said, self.runner = folder, [], Runner(output="Error: getaddrinfo ENOTFOUND")
        self.package = folder / "playwright" / "driver" / "package"
        self.package.mkdir(parents=True)
        (self.package / "browsers.json").write_text(json.dumps(BROWSERS))
        self.shelf = folder / "cache" / "ms-playwright"
        self.environ = {
            "HOME": str(folder / "home"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "PATH": str(folder / "bin"),
        }

    def machine(self, **changes) -> Machine:
        return replace(
            Machine(
                environ=self.environ,
                platform="linux",
                uid=1000,
                root=self.folder,
                package=lambda name: self.folder / name,
                run=self.runner,
                say=self.said.append,
                today=date(2026, 11, 21),
            ),
            **changes,
        )

    def playwright_has(self, *programs: str, shelf: Path | None = None) -> None:
        for each in programs:
            path = program((shelf or self.shelf) / each)
            (path.parents[len(Path(each).parts) - 2] / "INSTALLATION_COMPLETE").touch()

    def system_has(self, name: str) -> Path:
        return program(self.folder / "bin" / name)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


# --- the order ------------------------------------------------------------------------------------


def test_the_configured_path_wins_over_everything(desk):
    """SMOKE_BROWSER_PATH is taken although Playwright's own browser is there."""
    desk.playwright_has(FULL, SHELL)
    mine = program(desk.folder / "mine" / "chrome")
    desk.environ["SMOKE_BROWSER_PATH"] = str(mine)
    assert find_browser(machine=desk.machine()) == BrowserChoice(
        name="chromium", origin=Origin.CONFIGURED, executable=mine
    )


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir(), lambda path: path.touch()])
def test_a_configured_path_that_cannot_be_run_is_named_and_nothing_else_is_tried(desk, make):
    """A missing file, a folder and a file without permission end the search with their name."""
    desk.playwright_has(FULL, SHELL)
    path = desk.folder / "mine"
    make(path)
    desk.environ["SMOKE_BROWSER_PATH"] = str(path)
    with pytest.raises(BrowserMissing, match=f"SMOKE_BROWSER_PATH is {path}, which"):
        find_browser(machine=desk.machine())


def test_playwrights_own_pair_is_left_to_playwright(desk):
    """With both of its builds there, Playwright picks the one that fits headless or headed."""
    desk.playwright_has(FULL, SHELL)
    desk.system_has("google-chrome")
    assert find_browser(machine=desk.machine()) == BrowserChoice(
        name="chromium", origin=Origin.PLAYWRIGHT, executable=None
    )
    assert desk.runner.commands == []


@pytest.mark.parametrize("only", [FULL, SHELL])
def test_one_of_playwrights_builds_alone_is_named_to_it(desk, only):
    """Playwright would look for the other build, so the one that is there is given to it."""
    desk.playwright_has(only)
    assert find_browser(machine=desk.machine()).executable == desk.shelf / only


def test_a_build_of_another_revision_is_not_playwrights_own(desk):
    """After an upgrade of Playwright the old build is not taken for the new one."""
    desk.playwright_has(FULL.replace("1255", "1200"), SHELL.replace("1255", "1200"))
    chrome = desk.system_has("google-chrome")
    assert find_browser(machine=desk.machine()).executable == chrome


def test_a_build_that_was_not_unpacked_to_the_end_is_not_used(desk):
    """A download that was killed leaves a program without Playwright's mark beside it."""
    program(desk.shelf / FULL)
    program(desk.shelf / SHELL)
    with pytest.raises(BrowserMissing):
        find_browser(machine=desk.machine())


@pytest.mark.parametrize(
    ("value", "folder"), [("{}/shared", "shared"), ("0", "playwright/driver/package/.local-browsers")]
)
def test_playwright_browsers_path_is_followed(desk, value, folder):
    """A folder of one's own, and 0 for the one inside the package, are searched as Playwright does."""
    desk.environ["PLAYWRIGHT_BROWSERS_PATH"] = value.format(desk.folder)
    desk.playwright_has(FULL, SHELL, shelf=desk.folder / folder)
    assert find_browser(machine=desk.machine()).origin is Origin.PLAYWRIGHT


@pytest.mark.parametrize(
    ("platform", "shelf", "programs"),
    [
        (
            "darwin",
            "home/Library/Caches/ms-playwright",
            (
                "chromium-1255/chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
                "chromium_headless_shell-1255/chrome-headless-shell-mac-arm64/chrome-headless-shell",
            ),
        ),
        (
            "win32",
            "local/ms-playwright",
            (
                "chromium-1255/chrome-win64/chrome.exe",
                "chromium_headless_shell-1255/chrome-headless-shell-win64/chrome-headless-shell.exe",
            ),
        ),
    ],
)
def test_playwrights_own_is_found_where_each_system_keeps_it(desk, platform, shelf, programs):
    """macOS and Windows have their own cache folders and program names."""
    desk.environ["LOCALAPPDATA"] = str(desk.folder / "local")
    desk.playwright_has(*programs, shelf=desk.folder / shelf)
    assert find_browser(machine=desk.machine(platform=platform)).origin is Origin.PLAYWRIGHT


@pytest.mark.parametrize("name", ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser"])
def test_an_installed_browser_serves_where_the_download_fails(desk, name):
    """Every usual name on PATH is known."""
    path = desk.system_has(name)
    assert find_browser(machine=desk.machine()) == BrowserChoice(
        name="chromium", origin=Origin.INSTALLED, executable=path
    )


def test_chrome_is_preferred_to_chromium(desk):
    """What users run comes first."""
    desk.system_has("chromium")
    chrome = desk.system_has("google-chrome")
    assert find_browser(machine=desk.machine()).executable == chrome


def test_a_browser_without_windows_is_taken_where_none_is_shown(desk):
    """It does the same for a third of the work; with --headed it is no choice, wherever it comes from."""
    chrome, shell = desk.system_has("google-chrome"), desk.system_has("chromium-headless-shell")
    assert find_browser(machine=desk.machine()).executable == shell
    assert find_browser(headed=True, machine=desk.machine()).executable == chrome
    desk.playwright_has(SHELL)
    assert find_browser(machine=desk.machine()).origin is Origin.PLAYWRIGHT
    assert find_browser(headed=True, machine=desk.machine()).executable == chrome


def test_the_usual_places_of_macos_are_searched(desk):
    """Chrome in the Applications folder is found without PATH."""
    path = program(desk.folder / "Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    assert find_browser(machine=desk.machine(platform="darwin")).executable == path


def test_the_usual_places_of_windows_are_searched(desk):
    """Chrome below Program Files is found without PATH."""
    desk.environ["PROGRAMFILES"] = str(desk.folder / "Program Files")
    path = program(desk.folder / "Program Files/Google/Chrome/Application/chrome.exe")
    assert find_browser(machine=desk.machine(platform="win32")).executable == path


def test_ubuntus_stub_for_a_snap_that_is_not_there_is_passed_over(desk):
    """In Ubuntu's container images chromium-browser only says that it is not installed."""
    program(desk.folder / "bin" / "chromium-browser", "#!/bin/sh\nexec /snap/bin/chromium\n")
    with pytest.raises(BrowserMissing):
        find_browser(machine=desk.machine())
    program(desk.folder / "snap" / "bin" / "chromium")
    assert find_browser(machine=desk.machine()).origin is Origin.INSTALLED


# --- getting one ----------------------------------------------------------------------------------


def test_playwright_downloads_its_browser_before_an_installed_one_is_taken(desk):
    """The download comes third, ahead of Chrome, and is announced in one line."""
    desk.system_has("google-chrome")
    desk.runner = Runner(code=0, effect=lambda command: desk.playwright_has(FULL, SHELL))
    found = find_browser(machine=desk.machine())
    assert (found.origin, found.executable) == (Origin.DOWNLOADED, None)
    assert desk.runner.commands[0][1:] == ["-m", "playwright", "install", "chromium"]
    assert desk.said == ["browser: downloading Playwright's chromium, at most 30 s"]


def test_a_download_has_more_time_where_nothing_else_could_serve(desk):
    """Two minutes without another browser, half a minute with one."""
    with pytest.raises(BrowserMissing):
        find_browser(machine=desk.machine())
    assert desk.runner.seconds == [120.0]


def test_a_failed_download_is_remembered_for_the_day_and_revision(desk):
    """The second run of a day loses no time; the next day, or a new Playwright, tries again."""
    desk.system_has("chromium")
    for _ in range(2):
        find_browser(machine=desk.machine())
    assert len(desk.runner.commands) == 1
    find_browser(machine=desk.machine(today=date(2026, 11, 22)))
    assert len(desk.runner.commands) == 2
    newer = json.dumps(BROWSERS).replace("1255", "1300")
    (desk.package / "browsers.json").write_text(newer)
    find_browser(machine=desk.machine(today=date(2026, 11, 22)))
    assert len(desk.runner.commands) == 3


def test_a_failed_download_says_why_in_one_line(desk):
    """The reason is the downloader's own first error, not its stack trace."""
    desk.system_has("chromium")
    find_browser(machine=desk.machine())
    assert desk.said[1:] == ["browser: no download (Error: getaddrinfo ENOTFOUND); not tried again today"]


def test_a_cache_that_cannot_be_written_does_not_stop_the_search(desk):
    """On a read-only machine the attempt is only not remembered."""
    (desk.folder / "cache").touch()
    chrome = desk.system_has("google-chrome")
    assert find_browser(machine=desk.machine()).executable == chrome


def test_playwrights_own_switch_turns_the_download_off(desk):
    """PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD makes a runner with Chrome use it at once."""
    desk.environ["PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD"] = "1"
    chrome = desk.system_has("google-chrome")
    assert find_browser(machine=desk.machine()).executable == chrome
    assert (desk.runner.commands, desk.said) == ([], [])


def test_a_download_that_lacks_system_libraries_gets_them_when_we_are_root(desk):
    """On a bare container the browser arrives without its libraries; apt-get brings them."""
    desk.system_has("apt-get")
    states = {"libraries": False}

    def effect(command):
        if "install" in command:
            desk.playwright_has(FULL, SHELL)
        if "install-deps" in command:
            states["libraries"] = True
        desk.runner.code = 127 if command[-1] == "--version" and not states["libraries"] else 0

    desk.runner = Runner(effect=effect)
    assert find_browser(machine=desk.machine(uid=0)).origin is Origin.DOWNLOADED
    assert [command[-2] for command in desk.runner.commands if "playwright" in command] == ["install", "install-deps"]


def test_root_on_debian_gets_debians_chromium(desk):
    """With no browser and no download, apt-get installs one, without asking questions."""
    desk.system_has("apt-get")

    def effect(command):
        desk.runner.code = 0 if "apt-get" in command[0] else 1
        if "install" in command and "chromium" in command and "apt-get" in command[0]:
            desk.system_has("chromium")

    desk.runner = Runner(effect=effect)
    found = find_browser(machine=desk.machine(uid=0))
    assert (found.origin, found.executable) == (Origin.APT, desk.folder / "bin" / "chromium")
    assert [command[-1] for command in desk.runner.commands] == [
        *("chromium", "update", "chromium-headless-shell", "chromium")
    ]
    assert desk.runner.environs[-1]["DEBIAN_FRONTEND"] == "noninteractive"


@pytest.mark.parametrize(("uid", "has_apt"), [(1000, True), (0, False), (None, True)])
def test_apt_get_is_left_alone_unless_it_is_there_and_we_are_root(desk, uid, has_apt):
    """Nobody else may install packages, and Windows has no user ids at all."""
    if has_apt:
        desk.system_has("apt-get")
    with pytest.raises(BrowserMissing):
        find_browser(machine=desk.machine(uid=uid))
    assert not [command for command in desk.runner.commands if command[0] == "apt-get"]


def test_without_any_browser_the_message_says_what_to_do_and_what_was_tried(desk):
    """One sentence of advice, then the reason of each origin."""
    with pytest.raises(BrowserMissing) as caught:
        find_browser(machine=desk.machine())
    assert str(caught.value) == (
        "there is no browser to drive: install Google Chrome or Chromium, run `playwright install chromium`, "
        "or set SMOKE_BROWSER_PATH to one. Tried: playwright install failed (Error: getaddrinfo ENOTFOUND); "
        "installed: neither Chrome nor Chromium found; apt-get: not on this system"
    )


# --- Firefox and WebKit ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("firefox", "firefox-1572/firefox/firefox"),
        ("webkit", "webkit-2388/pw_run.sh"),
        ("webkit", "webkit_mac14_special-2251/pw_run.sh"),
    ],
)
def test_firefox_and_webkit_come_from_playwright(desk, name, where):
    """Their own builds are found, also where an old system has a special revision."""
    desk.playwright_has(where)
    assert find_browser(name, machine=desk.machine()) == BrowserChoice(
        name=name, origin=Origin.PLAYWRIGHT, executable=None
    )


@pytest.mark.parametrize("name", ["firefox", "webkit"])
def test_a_missing_firefox_or_webkit_names_the_command_and_downloads_nothing(desk, name):
    """An installed Chrome is no answer to --browser firefox."""
    desk.system_has("google-chrome")
    with pytest.raises(BrowserMissing, match=f"{name} is not installed; run `playwright install {name}`"):
        find_browser(name, machine=desk.machine())
    assert desk.runner.commands == []


# --- starting it ----------------------------------------------------------------------------------

CHROME = BrowserChoice(name="chromium", origin=Origin.INSTALLED, executable=Path("/opt/chrome"))
OWN = BrowserChoice(name="chromium", origin=Origin.PLAYWRIGHT, executable=None)


def sandboxed(choice: BrowserChoice, machine: Machine) -> bool:
    options = launch_options(choice, machine=machine)
    assert options["chromium_sandbox"] is ("--no-sandbox" not in options["args"])
    return options["chromium_sandbox"]


def test_the_sandbox_stays_on_for_an_ordinary_user(desk):
    """Playwright by itself would always take it away."""
    assert sandboxed(CHROME, desk.machine())
    assert sandboxed(OWN, desk.machine())


@pytest.mark.parametrize("mark", [".dockerenv", "run/.containerenv"])
def test_the_sandbox_is_off_in_a_container(desk, mark):
    """Docker and Podman leave their mark in the file system."""
    program(desk.folder / mark)
    assert not sandboxed(CHROME, desk.machine())


@pytest.mark.parametrize("variable", ["container", "KUBERNETES_SERVICE_HOST"])
def test_the_sandbox_is_off_where_the_environment_says_container(desk, variable):
    """Some container engines leave their mark in the environment only."""
    desk.environ[variable] = "x"
    assert not sandboxed(CHROME, desk.machine())


def test_the_sandbox_is_off_for_root(desk):
    """Chromium refuses to start as root with its sandbox on."""
    assert not sandboxed(CHROME, desk.machine(uid=0))


def test_an_unpacked_build_has_no_sandbox_where_the_kernel_closes_user_namespaces(desk):
    """Ubuntu restricts them; a packaged Chrome has a profile, Playwright's build has none."""
    setting = desk.folder / "proc/sys/kernel/apparmor_restrict_unprivileged_userns"
    setting.parent.mkdir(parents=True)
    setting.write_text("1\n")
    assert not sandboxed(OWN, desk.machine())
    assert sandboxed(CHROME, desk.machine())
    setting.write_text("0\n")
    assert sandboxed(OWN, desk.machine())


def test_playwrights_list_of_disabled_features_is_not_replaced(desk):
    """A second --disable-features would switch Playwright's own list off."""
    assert not [arg for arg in launch_args(CHROME, machine=desk.machine()) if arg.startswith("--disable-features")]


@pytest.mark.parametrize("name", ["firefox", "webkit"])
def test_firefox_and_webkit_get_no_chromium_switches(desk, name):
    """They would take them for addresses to open."""
    choice = BrowserChoice(name=name, origin=Origin.PLAYWRIGHT, executable=None)
    assert launch_options(choice, machine=desk.machine()) == {}


# --- its version ----------------------------------------------------------------------------------


def test_the_version_of_playwrights_own_comes_from_its_index(desk):
    """No program is started for it."""
    assert version_of(OWN, machine=desk.machine()) == "159.0.8154.6"
    assert desk.runner.commands == []


def test_the_version_of_an_installed_browser_is_what_it_says(desk):
    """The number is taken out of its own sentence."""
    desk.runner = Runner(code=0, output="Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)\n")
    assert version_of(CHROME, machine=desk.machine()) == "156.0.8078.79"


def test_a_browser_that_does_not_answer_has_no_version(desk):
    """A version that was not seen is None and never a guess."""
    assert version_of(CHROME, machine=desk.machine()) is None


def test_on_windows_the_version_is_read_from_the_folder_beside_it(desk):
    """There chrome.exe --version would open a window."""
    chrome = program(desk.folder / "Application" / "chrome.exe")
    for name in ("9.0.1.2", "156.0.8078.79", "SetupMetrics"):
        (chrome.parent / name).mkdir()
    choice = replace(CHROME, executable=chrome)
    assert version_of(choice, machine=desk.machine(platform="win32")) == "156.0.8078.79"
    assert desk.runner.commands == []


def test_on_macos_the_version_is_read_from_the_application(desk):
    """The property list beside the program has it."""
    chrome = program(desk.folder / "Chrome.app/Contents/MacOS/Google Chrome")
    (desk.folder / "Chrome.app/Contents/Info.plist").write_bytes(
        b'<?xml version="1.0"?><plist version="1.0"><dict><key>CFBundleShortVersionString</key>'
        b"<string>156.0.8078.79</string></dict></plist>"
    )
    choice = replace(CHROME, executable=chrome)
    assert version_of(choice, machine=desk.machine(platform="darwin")) == "156.0.8078.79"


# --- what it costs --------------------------------------------------------------------------------


def test_finding_a_browser_that_is_there_costs_milliseconds(desk):
    """The fast path reads a few files, and starts nothing."""
    desk.playwright_has(FULL, SHELL)
    times = []
    for _ in range(5):
        started = time.perf_counter()
        find_browser(machine=desk.machine())
        times.append(time.perf_counter() - started)
    assert min(times) < 0.010
    assert desk.runner.commands == []


def test_importing_it_loads_neither_playwright_nor_pytest():
    """The command line asks for a browser before it knows that it needs the rest."""
    code = "import sys, smoke.browser; print(sorted({'playwright', 'pytest', 'asyncio'} & set(sys.modules)))"
    assert printed(code) == "[]"


# --- the real thing -------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_real_browser_starts_and_asks_nobody_about_the_page(tmp_path, httpserver):
    """Of a page with a sign-in form, the browser itself tells no third party."""
    from playwright.sync_api import sync_playwright

    httpserver.expect_request("/").respond_with_data(FORM, content_type="text/html")
    log = tmp_path / "net.json"
    options = launch_options(find_browser())
    options["args"].append(f"--log-net-log={log}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options)
        page = browser.new_page()
        with page.expect_event("console", lambda message: message.text == "settled"):
            page.goto(httpserver.url_for("/"))
        browser.close()
    asked = set(re.findall(r'"(?:url|host)":"(?:https?://)?([^/"]+)', log.read_text()))
    assert {host for host in asked if not host.startswith(("127.0.0.1", "localhost"))} == set()
    assert any(host.endswith(f":{httpserver.port}") for host in asked)

"""``smoke report`` writes the page whenever there is a history, with Node or without, and never leaves an old one."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from smoke import cli
from smoke.alerts.kept import row_of
from smoke.history.incidents import Incidents
from smoke.model import Outcome
from smoke.status.sources import Sources
from tests.status.shop import SHOP, a_shop, say
from tests.support.year import an_incident

ROOT = Path(__file__).parents[2]
Captured = pytest.CaptureFixture[str]
FILES = ["badge-shop.json", "index.html", "pingdom-shop.xml", "pingdom.xml", "status.json", "suite-shop.html"]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sources:
    """Stand in a project that is looked at, on a machine without Node."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SMOKE_HISTORY_URL", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    return a_shop(tmp_path)


def page_of(root: Path, name: str = "index.html") -> str:
    return (root / "reports/status" / name).read_text(encoding="utf-8")


def test_it_is_written_without_node(shop: Sources, tmp_path: Path, capsys: Captured) -> None:
    """And says of a run that just ended that it is up."""
    say(shop, time.time() - 60)
    assert cli.main(["report"]) == 0
    said = capsys.readouterr().out
    assert "status: reports/status/index.html" in said
    assert sorted(path.name for path in (tmp_path / "reports/status").iterdir()) == FILES
    assert "Everything works" in page_of(tmp_path)
    assert not [path for path in (tmp_path / "reports").iterdir() if path.name.startswith(".")]


def test_a_new_page_takes_the_place_of_the_old_one(shop: Sources, tmp_path: Path) -> None:
    """Nothing of the old one is left, and it says what is so now."""
    say(shop, time.time() - 600)
    assert cli.main(["report"]) == 0
    (tmp_path / "reports/status/suite-gone.html").touch()
    say(shop, time.time() - 60, {"health.root": Outcome.FAIL})
    assert cli.main(["report"]) == 0
    assert sorted(path.name for path in (tmp_path / "reports/status").iterdir()) == FILES
    assert "Something does not work: Shop in canary" in page_of(tmp_path)


def test_what_is_not_scheduled_is_never_up(shop: Sources, tmp_path: Path) -> None:
    """A newcomer's first runs are listed; how often somebody looks is not known yet."""
    (tmp_path / "config/cron-schedule.yaml").unlink()
    say(shop, time.time() - 60, environment="local", execution_point="local", reason="all 2 checks passed")
    assert cli.main(["report"]) == 0
    assert "all 2 checks passed" in page_of(tmp_path)
    assert "Nothing is known" in page_of(tmp_path)
    assert '"monitor": "everything: unknown"' in page_of(tmp_path, "status.json")


def test_without_a_history_there_is_no_page(shop: Sources, tmp_path: Path, capsys: Captured) -> None:
    """Not even the old one."""
    (tmp_path / "reports/status").mkdir(parents=True)
    (tmp_path / "reports/status/index.html").write_text("all is well", encoding="utf-8")
    assert cli.main(["report"]) == 0
    assert "status: no page, for there is no history at reports/history.db" in capsys.readouterr().out
    assert not (tmp_path / "reports/status").exists()


def test_a_history_that_cannot_be_read_leaves_no_old_page(shop: Sources, tmp_path: Path, capsys: Captured) -> None:
    """What it says would be of a time that is over."""
    say(shop, time.time() - 60)
    assert cli.main(["report"]) == 0
    (tmp_path / "reports/history.db").write_bytes(b"SQLite format 3\0" + b"broken" * 200)
    assert page_of(tmp_path)
    assert cli.main(["report"]) == 3
    assert "status: INCONCLUSIVE" in capsys.readouterr().err
    assert not (tmp_path / "reports/status").exists()


def test_nothing_from_the_history_is_markup(shop: Sources, tmp_path: Path) -> None:
    """Names and reasons may come from the application."""
    say(shop, time.time() - 60, {"health.root": Outcome.PASS, "</td><script>x</script>": Outcome.FAIL})
    say(shop, time.time() - 60, environment="<img src=x>", reason="<b>&amp;", region="r")
    told = {"title": "<i>down</i>", "evidence": ("<script>alert(1)</script>",)}
    Incidents(shop.store).save(row_of(an_incident("shop", time.time() - 900, None, SHOP[1], **told)))
    assert cli.main(["report"]) == 0
    for name in ("index.html", "suite-shop.html"):
        text = page_of(tmp_path, name)
        assert "<script" not in text
        assert "<img" not in text
        assert "<i>" not in text
        assert "&lt;i&gt;down&lt;/i&gt;" in text
    assert "&lt;b&gt;&amp;amp;" in page_of(tmp_path)


def test_no_secret_is_on_the_page(shop: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the history has it from."""
    monkeypatch.setenv("SHOP_PASSWORD", "correct-horse-battery")
    say(shop, time.time() - 60, environment="staging", reason="typed correct-horse-battery into the form")
    say(shop, time.time() - 60)
    assert cli.main(["report"]) == 0
    texts = [path.read_text(encoding="utf-8") for path in (tmp_path / "reports/status").iterdir()]
    assert not [text for text in texts if "correct-horse" in text]
    assert "typed *** into the form" in page_of(tmp_path)


def test_it_is_shown_in_a_browser_until_ctrl_c(shop: Sources, tmp_path: Path) -> None:
    """Whatever browser that is; without an Allure report, the status page is."""
    say(shop, time.time() - 60)
    browser = tmp_path / "browser.py"
    browser.write_text(
        "import pathlib, sys, urllib.request\n"
        "pathlib.Path('seen').write_bytes(urllib.request.urlopen(sys.argv[1], timeout=20).read())\n"
        "print('closed', flush=True)\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "BROWSER": f"{sys.executable} {browser} %s"}
    command = [sys.executable, "-m", "smoke", "report", "--open"]
    with subprocess.Popen(command, env=environ, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as report:
        assert report.stdout is not None
        lines = list(iter(report.stdout.readline, "closed\n"))
        report.send_signal(signal.SIGINT)
        assert report.wait(20) == 0
    assert re.fullmatch(r"open: http://127\.0\.0\.1:\d+/status/index\.html, until Ctrl-C\n", lines[-1])
    assert (tmp_path / "seen").read_text(encoding="utf-8") == page_of(tmp_path)


def test_with_nothing_to_show_no_browser_is_opened(shop: Sources, capsys: Captured) -> None:
    """And nobody waits for it."""
    assert cli.main(["report", "--open"]) == 0
    assert "open: there is no page to show" in capsys.readouterr().err

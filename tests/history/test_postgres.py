"""PostgreSQL: its address is a secret, its troubles are told in one line, and other machines are seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from smoke.accounts.ledger import Ledger, Tenant, ledger_store
from smoke.accounts.pacing import Closed, LoginAnswer, Pace
from smoke.config.problems import ConfigError
from smoke.history.errors import HistoryError
from smoke.history.opening import history_database
from smoke.history.runs import History
from smoke.history.schema import MIGRATIONS
from smoke.secrets.secret import Scrubber, Secret
from smoke.settings import resolve
from smoke.storage.postgres import Postgres
from smoke.storage.url import database_secrets, database_url, shown
from tests.support import postgres
from tests.support.afresh import printed
from tests.support.histories import FORK
from tests.support.run_builder import a_result, a_run

NOW = 1_800_000_000.0
USER, SHOP = "smoke@shop.example", "https://shop.example"

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("postgresql://ann:s3cret@db.example:5433/smoke?sslmode=require", "postgresql://ann@db.example:5433/smoke"),
        (
            "postgresql://ann:s3cret@db1:5432,db2:5433/smoke?target_session_attrs=read-write",
            "postgresql://ann@db1:5432,db2:5433/smoke",
        ),
        ("postgres://db.example/smoke?password=s3cret", "postgresql://db.example/smoke"),
        ("postgresql://ann:s3cret@/smoke?host=%2Fvar%2Frun", "postgresql://ann@/var/run/smoke"),
    ],
    ids=["whole", "two servers", "in the query", "socket"],
)
def test_an_address_is_shown_without_its_password(url: str, text: str) -> None:
    """Neither where the password usually stands, nor as an option; and it is masked wherever else it turns up."""
    environ = {"SMOKE_HISTORY_URL": url}
    secret = database_url(environ)
    assert secret is not None
    assert shown(secret) == text
    assert "s3cret" not in repr(secret)
    assert Scrubber(database_secrets(environ)).text(f"cannot reach {url}, s3cret") == "cannot reach ***, ***"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://db/smoke",
        "postgresql://db.example",
        "db.example:5432/s3cret",
        "postgresql://ann:s3cret/word@db.example/smoke",
        "postgresql://ann:12/s3cret@db.example/smoke",
        "postgresql://ann:s3cret@[db.example/smoke",
    ],
)
def test_an_address_that_is_none_is_a_problem(tmp_path: Path, url: str) -> None:
    """It is told with all other problems, before anything runs, and never repeated."""
    environ = {"SMOKE_HISTORY_URL": url, "SMOKE_HISTORY_KEEP": "soon", "SMOKE_WORKERS": "none"}
    with pytest.raises(ConfigError) as told:
        resolve({}, point="local", root=tmp_path, environ=environ)
    text = str(told.value)
    assert "SMOKE_HISTORY_URL: is postgresql://USER:PASSWORD@HOST" in text
    assert "SMOKE_HISTORY_KEEP: a time is a number with" in text
    assert "SMOKE_WORKERS" in text
    assert "s3cret" not in text


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda url: url.replace(postgres.PASSWORD, "wr0ng-pass"), "password authentication failed"),
        (lambda url: url.replace("/postgres?", "/nowhere?"), 'database "nowhere" does not exist'),
        (lambda url: url.replace("?host=", "?host=%2Fnot"), "No such file or directory"),
        (lambda url: f"{url}&nonsense=1", "nonsense"),
    ],
    ids=["password", "database", "server", "option"],
)
def test_a_database_that_cannot_be_used_is_explained(server: str, change: object, why: str) -> None:
    """In one line: which, why and the way out, without the password."""
    url = change(server)  # type: ignore[operator]
    with pytest.raises(HistoryError, match="SMOKE_HISTORY_URL") as told:
        History(history_database(Secret(url)))
    text = str(told.value)
    assert why in text
    assert "\n" not in text
    assert postgres.PASSWORD not in text
    assert "wr0ng-pass" not in text


def test_a_newer_database_is_not_touched(database: Secret) -> None:
    """Tables of a later version are refused, rather than misread or damaged."""
    later = (*MIGRATIONS, "ALTER TABLE begun ADD COLUMN note TEXT")
    History(Postgres(database, part="history", migrations=later, raises=HistoryError))
    ours = history_database(database)
    for _ in range(2):
        with pytest.raises(HistoryError, match="newer version of smoke; upgrade"):
            History(ours)


def test_a_migration_that_fails_changes_nothing(database: Secret) -> None:
    """Half a migration is undone."""
    History(history_database(database)).record(a_run(a_result()))
    broken = (*MIGRATIONS, "CREATE TABLE extra (a TEXT); CREATE NONSENSE")
    with pytest.raises(HistoryError, match="NONSENSE"):
        History(Postgres(database, part="history", migrations=broken, raises=HistoryError))
    store = history_database(database)
    assert len(History(store).recent("shop", "production", 9)) == 1
    with store.reading() as db:
        assert db.execute("SELECT to_regclass('extra')").fetchone()[0] is None


def test_many_make_the_tables_at_once(database: Secret) -> None:
    """Regions that start at the same minute with an empty database do not stand in each other's way."""

    def work(number: int) -> None:
        History(history_database(database)).record(a_run(a_result(), run_id=f"run-{number}"))

    children = [FORK.Process(target=work, args=(number,)) for number in range(5)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0] * 5
    assert len(History(history_database(database)).recent("shop", "production", 9)) == 5


def test_a_connection_that_was_cut_is_made_anew(database: Secret) -> None:
    """The call that notices fails; the next one works."""
    store = history_database(database)
    history = History(store)
    with history_database(database).reading() as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    with pytest.raises(HistoryError, match="terminat"):
        history.record(a_run(a_result()))
    history.record(a_run(a_result()))
    assert len(history.recent("shop", "production", 9)) == 1


def test_a_text_that_postgresql_cannot_hold_is_kept_without_its_nul(database: Secret) -> None:
    """A page's error message may hold anything: the run is kept all the same."""
    history = History(history_database(database))
    history.record(a_run(a_result(), reason="a\0b % ? {} \N{SNOWMAN}"))
    assert history.recent("shop", "production", 1)[0].reason == "a\N{REPLACEMENT CHARACTER}b % ? {} \N{SNOWMAN}"


def test_accounts_are_shared_between_machines(tmp_path: Path, database: Secret) -> None:
    """Leases, used codes and refusals of one machine count on another; passwords are known by their marks alone."""
    here, there = (Ledger(ledger_store(tmp_path / name / "accounts.db", database), SHOP) for name in ("here", "there"))
    tenants = [Tenant(run_id=host, host=host, pid=1, since=NOW, due=NOW + 60) for host in ("here", "there")]
    assert here.take(USER, tenants[0], NOW) is None
    assert there.take(USER, tenants[1], NOW) == tenants[0]
    here.give_back(USER, "here")
    assert there.take(USER, tenants[1], NOW) is None
    assert here.claim_step(USER, NOW) == 0
    assert there.claim_step(USER, NOW) > 0
    password = Secret("correct horse battery")
    for _ in range(3):
        number = here.begin_login(USER, Pace(), NOW, password)
        assert isinstance(number, int)
        here.end_login(number, LoginAnswer.REFUSED)
    assert isinstance(there.begin_login(USER, Pace(), NOW, password), Closed)
    assert isinstance(there.begin_login(USER, Pace(), NOW, Secret("another one")), int)
    here.rotated(USER, password, NOW)
    here.rotated(USER, password, NOW)
    assert there.forgive(USER) == 4
    assert isinstance(there.begin_login(USER, Pace(), NOW, password), int)


def test_a_driver_is_loaded_by_need_alone() -> None:
    """A run whose history is a file does not pay for PostgreSQL, nor need it."""
    program = (
        "import sys; sys.modules['psycopg'] = None; import smoke.running.after, smoke.commands.history;"
        "from smoke.history.errors import HistoryError; from smoke.history.opening import history_database;"
        "from smoke.history.runs import History;"
        "from smoke.secrets.secret import Secret\n"
        "try: History(history_database(Secret('postgresql://ann:s3cret@db/smoke')))\n"
        "except HistoryError as error: print(error)"
    )
    assert printed(program) == (
        "PostgreSQL needs psycopg, which is not installed: pip install 'smoke-harness[postgres]'"
    )

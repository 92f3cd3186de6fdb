"""A PostgreSQL server of our own: in a temporary folder, reached by a socket there, gone with the tests."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=40", "shared_buffers=64MB")
"""What a server need not promise whose data nobody keeps."""
PASSWORD = "pa55-for-history"


def missing() -> str | None:
    """Say why there can be no server, None if there can."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed"
    return None if _bin() else "PostgreSQL is not installed (Debian: apt-get install postgresql)"


@contextmanager
def server() -> Iterator[str]:
    """Start a server and yield the URL of its database ``postgres``."""
    folder = Path(tempfile.mkdtemp(prefix="smoke-pg-"))
    data, password = folder / "data", folder / "password"
    user = _unprivileged()
    if user:
        shutil.chown(folder, user)
    password.write_text(PASSWORD)
    password.chmod(0o644)
    try:
        _run(user, "initdb", "-D", data, "-U", "smoke", "--pwfile", password, "-A", "scram-sha-256", "-N", "-E", "UTF8")
        settings = [*FAST, "listen_addresses=", f"unix_socket_directories={folder}"]
        options = [word for each in settings for word in ("-c", each)]
        with (folder / "log").open("wb") as log:
            command = _command(user, "postgres", "-D", data, *options)
            child = subprocess.Popen(command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            _wait(child, folder)
            yield f"postgresql://smoke:{PASSWORD}@/postgres?host={quote(str(folder), safe='')}"
        finally:
            child.send_signal(signal.SIGQUIT)  # at once: nobody keeps the data
            child.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _bin() -> Path | None:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    found = shutil.which("initdb")
    return places[-1].parent if places else Path(found).parent if found else None


def _unprivileged() -> str | None:
    """Return whom to be instead of root, for whom PostgreSQL does not run."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _command(user: str | None, program: str, *arguments: object) -> list[str]:
    """Return what runs ``program`` as ``user``, and ends it with us, however we end."""
    place = _bin()
    assert place is not None
    become = [f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups"] if user else []
    return ["setpriv", "--pdeathsig=QUIT", *become, str(place / program), *map(str, arguments)]


def _run(user: str | None, program: str, *arguments: object) -> None:
    command = _command(user, program, *arguments)
    done = subprocess.run(
        command, check=False, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"


def _wait(child: subprocess.Popen[bytes], folder: Path) -> None:
    place = _bin()
    assert place is not None
    ready = [str(place / "pg_isready"), "-q", "-h", str(folder), "-d", "postgres"]
    end = time.monotonic() + 60
    while subprocess.run(ready, check=False, cwd="/", timeout=60).returncode != 0:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(0.05)
        alive = child.poll() is None and time.monotonic() < end
        assert alive, (folder / "log").read_text(errors="replace")

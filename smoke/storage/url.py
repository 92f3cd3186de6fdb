"""The address of a PostgreSQL database: a secret, since it may hold a password."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from smoke.secrets.secret import Secret

VARIABLE = "SMOKE_HISTORY_URL"
SCHEMES = ("postgresql", "postgres")


def database_url(environ: Mapping[str, str]) -> Secret | None:
    """Return the database that SMOKE_HISTORY_URL names, None where it names none; raises ValueError without it."""
    text = environ.get(VARIABLE, "").strip()
    if not text:
        return None
    if not _is_address(text):
        raise ValueError("is postgresql://USER:PASSWORD@HOST:PORT/DATABASE (or leave it out: a file is used)")
    return Secret(text)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        # Part of a password is taken for a port, or for a database, where a slash in it is not written as %2F.
        _ = [urlsplit(f"//{host}").port for host in _hosts(parts).split(",")]
    except ValueError:
        return False
    return parts.scheme in SCHEMES and bool(parts.path.strip("/")) and "@" not in parts.path


def _hosts(parts: SplitResult) -> str:
    """Return the servers: libpq takes several, ``db1:5432,db2:5432``."""
    return parts.netloc.rpartition("@")[2]


def shown(url: Secret) -> str:
    """Return ``url`` without password and options, for people."""
    parts = urlsplit(url.reveal())
    user = f"{parts.username}@" if parts.username else ""
    hosts = _hosts(parts) or parse_qs(parts.query).get("host", [""])[0]
    return f"postgresql://{user}{hosts}{parts.path}"


def database_secrets(environ: Mapping[str, str]) -> tuple[Secret, ...]:
    """Return what must not be printed of SMOKE_HISTORY_URL; raises ValueError."""
    url = database_url(environ)
    return secrets_in(url) if url else ()


def secrets_in(url: Secret) -> tuple[Secret, ...]:
    """Return what must not be printed of ``url``: all of it, and its password."""
    parts = urlsplit(url.reveal())
    passwords = [unquote(parts.password or ""), parts.password or "", *parse_qs(parts.query).get("password", [])]
    return (url, *(Secret(each) for each in dict.fromkeys(passwords) if each))

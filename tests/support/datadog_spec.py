"""Datadog's own description of its API, and answers that it once gave, from the source of its Python client.

Neither is committed: pip fetches the source distribution once, from whatever index it is configured with, and it
stays in ``.cache/datadog`` with the slice that we need.
"""

from __future__ import annotations

import fcntl
import importlib.metadata
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

CACHE = Path(__file__).parents[2] / ".cache" / "datadog"
CLIENT = "datadog-api-client"
SERIES = "/api/v2/series"
EVENTS = "/api/v1/events"
CHECK_RUN = "/api/v1/check_run"
QUERY = "/api/v1/query"
PATHS = (
    SERIES,
    EVENTS,
    CHECK_RUN,
    QUERY,
    "/api/v1/monitor",
    "/api/v1/monitor/{monitor_id}",
    "/api/v1/monitor/validate",
    "/api/v1/monitor/{monitor_id}/validate",
    "/api/v1/dashboard",
    "/api/v1/dashboard/{dashboard_id}",
    "/api/v1/synthetics/tests",
    "/api/v1/synthetics/tests/{public_id}",
    "/api/v1/synthetics/tests/delete",
    "/api/v1/synthetics/tests/api",
    "/api/v1/synthetics/tests/api/{public_id}",
    "/api/v1/synthetics/locations",
)
"""What the project uses of it."""
METHODS = {"get", "put", "post", "delete", "patch"}


class SpecUnavailableError(Exception):
    """The source could not be fetched; tests that need it fail, because skipping would read as green."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request that Datadog was once sent, and its answer."""

    method: str
    uri: str
    sent: str
    status: int
    answer: str


@cache
def spec(version: str) -> dict[str, Any]:
    """Return the OpenAPI document of ``v1`` or ``v2`` that the installed client was made from, cut down to PATHS."""
    paths = [path for path in PATHS if path.startswith(f"/api/{version}/")]
    digest = sha256(" ".join(paths).encode()).hexdigest()[:12]
    cached = CACHE / f"{version}-{importlib.metadata.version(CLIENT)}-{digest}.json"
    with _alone():
        if not cached.exists():
            whole = yaml.load(_member(f".generator/schemas/{version}/openapi.yaml"), Loader=_loader())
            _write(cached, json.dumps(sliced(whole, paths), default=str).encode())
    return json.loads(cached.read_text())


def recorded(version: str, name: str) -> list[Recorded]:
    """Return what the client's own test ``name`` (without ``test_`` and ``.yaml``) once asked and was told."""
    cached = CACHE / f"{name}-{version}-{importlib.metadata.version(CLIENT)}.yaml"
    with _alone():
        if not cached.exists():
            _write(cached, _member(f"tests/{version}/cassettes/test_scenarios/test_{name}.yaml"))
    found = yaml.load(cached.read_bytes(), Loader=_loader())["interactions"]
    return [
        Recorded(
            each["request"]["method"],
            each["request"]["uri"],
            each["request"]["body"],
            each["response"]["status"]["code"],
            each["response"]["body"]["string"],
        )
        for each in found
    ]


def sliced(document: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """Return ``document`` with some paths and only the components that they reach."""
    kept: dict[str, Any] = {"securitySchemes": document["components"]["securitySchemes"]}
    chosen = {path: _without_servers(document["paths"][path]) for path in paths}
    pending = list(_references(chosen))
    while pending:
        _, _, section, name = pending.pop().split("/")
        if name not in kept.setdefault(section, {}):
            kept[section][name] = document["components"][section][name]
            pending += _references(kept[section][name])
    head = {key: document[key] for key in ("openapi", "info", "servers")}
    return {**head, "paths": chosen, "components": kept}


def _without_servers(path: dict[str, Any]) -> dict[str, Any]:
    return {
        method: {key: value for key, value in operation.items() if key != "servers"} if method in METHODS else operation
        for method, operation in path.items()
    }


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for child in node.values():
            yield from _references(child)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child)


def _member(name: str) -> bytes:
    archive = _archive()
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.name.endswith(f"/{name}"):
                found = tar.extractfile(member)
                if found:
                    return found.read()
    raise SpecUnavailableError(f"{archive.name} has no {name}: the client is packed differently since this version")


def _archive() -> Path:
    version = importlib.metadata.version(CLIENT)
    kept = CACHE / f"{CLIENT}-{version}.tar.gz"
    if not kept.exists():
        _write(kept, _fetch(version))
    return kept


def _fetch(version: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--no-binary", CLIENT, "--dest", folder, f"{CLIENT}=={version}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        archives = list(Path(folder).glob("*.tar.gz"))
        if done.returncode or not archives:
            raise SpecUnavailableError(
                f"pip could not download the source of {CLIENT} {version}; tests of what goes to Datadog need it once"
                f" (then it is kept in .cache/datadog):\n{done.stderr[-2000:]}"
            )
        return archives[0].read_bytes()


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time fetch and cut: all others find what it kept."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _loader() -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(path)

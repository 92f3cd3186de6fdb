"""Datadog's own description of its metrics intake, as shipped in the source distribution of its Python client.

Neither the description nor the client's source is committed: pip fetches it once, from whatever index it is
configured with, and the slice that we need stays in ``.cache/datadog``.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

CACHE = Path(__file__).parents[2] / ".cache" / "datadog"
CLIENT = "datadog-api-client"
MEMBER = ".generator/schemas/v2/openapi.yaml"
INTAKE = "/api/v2/series"


class SpecUnavailableError(Exception):
    """The description could not be fetched; tests that need it fail, because skipping would read as green."""


def series_spec() -> dict[str, Any]:
    """Return the OpenAPI document of the installed client, cut down to the metrics intake."""
    version = importlib.metadata.version(CLIENT)
    cached = CACHE / f"series-{version}.json"
    if not cached.exists():
        _write(cached, json.dumps(sliced(yaml.load(_fetch(version), Loader=_loader()), INTAKE), default=str))
    return json.loads(cached.read_text())


def sliced(document: dict[str, Any], path: str) -> dict[str, Any]:
    """Return ``document`` with one path and only the components that it reaches."""
    kept: dict[str, Any] = {"securitySchemes": document["components"]["securitySchemes"]}
    pending = list(_references(document["paths"][path]))
    while pending:
        _, _, section, name = pending.pop().split("/")
        if name not in kept.setdefault(section, {}):
            kept[section][name] = document["components"][section][name]
            pending += _references(kept[section][name])
    head = {key: document[key] for key in ("openapi", "info", "servers")}
    return {**head, "paths": {path: document["paths"][path]}, "components": kept}


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for child in node.values():
            yield from _references(child)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child)


def _fetch(version: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--no-binary", CLIENT, "--dest", folder, f"{CLIENT}=={version}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        archives = list(Path(folder).glob("*.tar.gz"))
        if done.returncode or not archives:
            raise SpecUnavailableError(
                f"pip could not download the source of {CLIENT} {version}; tests of the Datadog sink need it once"
                f" (then it is kept in .cache/datadog):\n{done.stderr[-2000:]}"
            )
        return _member(archives[0])


def _member(archive: Path) -> bytes:
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.name.endswith(MEMBER):
                found = tar.extractfile(member)
                if found:
                    return found.read()
    raise SpecUnavailableError(f"{archive.name} has no {MEMBER}: the client is packed differently since this version")


def _loader() -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(text)
    draft.replace(path)

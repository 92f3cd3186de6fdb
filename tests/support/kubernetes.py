"""What kustomize makes of the folders below deploy/kubernetes, as plain data."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from smoke.spans import seconds

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
OVERLAYS = tuple(sorted(path.name for path in (FOLDER / "overlays").iterdir()))
WAYS = (("kustomize", "build"), ("kubectl", "kustomize"))
"""Both are kustomize; kubectl has it within."""


@dataclass(frozen=True, slots=True)
class Manifests:
    """The objects of one overlay."""

    text: str
    objects: tuple[dict[str, Any], ...]

    @property
    def cron_job(self) -> dict[str, Any]:
        """The spec of the only CronJob."""
        (found,) = (each for each in self.objects if each["kind"] == "CronJob")
        return found["spec"]

    @property
    def job(self) -> dict[str, Any]:
        """The spec of each of its Jobs."""
        return self.cron_job["jobTemplate"]["spec"]

    @property
    def pod(self) -> dict[str, Any]:
        """The spec of each of their pods."""
        return self.job["template"]["spec"]

    @property
    def container(self) -> dict[str, Any]:
        """The only container of a pod."""
        (found,) = self.pod["containers"]
        return found

    @property
    def environ(self) -> dict[str, str]:
        """The variables that are written as they are."""
        return {each["name"]: each["value"] for each in self.container["env"] if "value" in each}

    @property
    def scripts(self) -> dict[str, str]:
        """The files that are mounted into a pod."""
        return {name: text for each in self.objects for name, text in each.get("data", {}).items()}

    @property
    def wait_s(self) -> float:
        """How long a pod waits for others."""
        return seconds(self.environ.get("WAIT", "0s"))


@cache
def built(overlay: str) -> Manifests:
    """Build an overlay; skips where there is no kustomize."""
    way = next((way for way in WAYS if shutil.which(way[0])), None)
    if way is None:
        pytest.skip("neither kustomize nor kubectl is installed")
    done = subprocess.run([*way, str(FOLDER / "overlays" / overlay)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Manifests(done.stdout, tuple(yaml.safe_load_all(done.stdout)))


def leaves(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield every value that holds no other, with the keys that lead to it; places in lists have none."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from leaves(inner, (*path, key))
        case list():
            for inner in value:
                yield from leaves(inner, path)
        case _:
            yield path, value

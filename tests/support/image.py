"""The image of deploy/container: built from Debian's own packages without a registry, and run as a container would be.

Needs root, buildah and mmdebstrap (Debian: ``apt-get install buildah mmdebstrap``), and the network.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "container"
NEEDED = ("buildah", "mmdebstrap", "unshare", "ip")
RELEASE = "trixie"
MIRROR = "http://deb.debian.org"
LEFT_OUT = ("/usr/share/doc/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/man/*")
"""What Debian's slim image is without."""
TRUST = Path("/etc/ssl/certs/ca-certificates.crt")
"""Whom this machine trusts: a proxy of its own may stand before the package index."""
INSIDE = """
set -eu
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
mount -o remount,bind,ro "$ROOT"
mount -t proc proc "$ROOT/proc"
mount -t tmpfs -o mode=755,noexec,nosuid tmpfs "$ROOT/dev"
for name in null zero full random urandom; do : > "$ROOT/dev/$name"; mount --bind "/dev/$name" "$ROOT/dev/$name"; done
mkdir -m 1777 "$ROOT/dev/shm"
ln -s /proc/self/fd "$ROOT/dev/fd"
mount -o remount,ro "$ROOT/dev"
mount -t tmpfs -o mode=1777,noexec,nosuid,nodev tmpfs "$ROOT/dev/shm"
mount -t tmpfs -o mode=1777,noexec,nosuid,nodev tmpfs "$ROOT/tmp"
mount -t tmpfs -o mode=1777,noexec,nosuid,nodev tmpfs "$ROOT/state"
mount --bind "$REPORTS" "$ROOT/reports"
ip link set lo up
exec chroot --userspec="$USER_GROUP" --groups= "$ROOT" env --ignore-environment --chdir="$WORK" "$@"
"""
"""Does what a container's runtime does: a root that is read only, with memory where the image may write."""


def missing() -> str | None:
    """Say why no image can be built here; None where it can."""
    if os.geteuid() != 0:
        return "only root may build it here"
    lacking = [name for name in NEEDED if not shutil.which(name)]
    return f"{', '.join(lacking)} not installed" if lacking else None


@dataclass(frozen=True, slots=True)
class Store:
    """Images, in a folder of their own, which is gone in the end: they are gigabytes."""

    folder: Path

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_ended: object) -> None:
        self.buildah("rm", "--all")
        self.buildah("rmi", "--all", "--force")
        subprocess.run(["umount", self.folder / "graph" / "overlay"], capture_output=True, check=False)
        shutil.rmtree(self.folder)

    def buildah(self, *arguments: object) -> str:
        """Run a command of buildah; returns what it says."""
        config = self.folder / "storage.conf"
        graph, run = self.folder / "graph", self.folder / "run"
        config.write_text(f'[storage]\ndriver = "overlay"\ngraphroot = "{graph}"\nrunroot = "{run}"\n')
        environ = {**os.environ, "CONTAINERS_STORAGE_CONF": str(config), "BUILDAH_ISOLATION": "chroot"}
        done = subprocess.run(
            ["buildah", *map(str, arguments)], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout.strip()

    def make_base(self, name: str) -> None:
        """Make what Debian's image is made of, under its name: the same release and packages, from Debian's mirror."""
        sources = [
            f"deb {MIRROR}/debian {RELEASE} main",
            f"deb {MIRROR}/debian {RELEASE}-updates main",
            f"deb {MIRROR}/debian-security {RELEASE}-security main",
        ]
        excluded = [f"--dpkgopt=path-exclude={path}" for path in LEFT_OUT]
        archive = self.folder / "base.tar"
        command = ["mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", *excluded, RELEASE, archive, *sources]
        subprocess.run(command, check=True)
        container = self.buildah("from", "scratch")
        self.buildah("add", "--quiet", container, archive, "/")
        self.buildah("commit", "--quiet", container, f"docker.io/library/{name}")
        self.buildah("rm", container)

    def build(self, tag: str) -> None:
        """Build the Dockerfile, every step of it, over what ``make_base`` made."""
        settings = self.folder / "pip.conf"
        settings.write_text("[global]\ncert = /run/trust.crt\n")
        self.buildah(
            "bud", "--pull-never", "--format", "docker", "--ignorefile", FOLDER / "Dockerfile.dockerignore",
            "--volume", f"{TRUST}:/run/trust.crt:ro", "--volume", f"{settings}:/etc/pip.conf:ro",
            "--file", FOLDER / "Dockerfile", "--tag", tag, ".",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Image:
    """An image that was built, and unpacked."""

    root: Path
    config: Mapping[str, Any] = field(repr=False)

    @staticmethod
    def open(store: Store, tag: str) -> Image:
        """Unpack the image ``tag``."""
        container = store.buildah("from", "--pull-never", tag)
        inspected = json.loads(store.buildah("inspect", "--type", "image", tag))
        return Image(Path(store.buildah("mount", container)), inspected["Docker"]["config"])

    @property
    def megabytes(self) -> int:
        """What lies in it, as ``du`` counts."""
        return int(subprocess.check_output(["du", "-sxm", self.root], text=True).split()[0])

    def run(self, *command: str, reports: Path) -> subprocess.CompletedProcess[str]:
        """Run what the image runs, ``command`` after its entry point: no network, no rights, little to write to."""
        return self._started([*self.config["Entrypoint"], *(command or self.config["Cmd"])], reports, {})

    def python(self, code: str, reports: Path) -> subprocess.CompletedProcess[str]:
        """Run a few lines by its Python."""
        return self._started(["python", "-c", code], reports, {})

    def health(self, reports: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run its health check."""
        kind, *test = self.config["Healthcheck"]["Test"]
        assert kind == "CMD"
        return self._started(test, reports, variables)

    def _started(
        self, command: list[str], reports: Path, variables: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        own = [*self.config["Env"], *(f"{name}={value}" for name, value in variables.items())]
        told = {"ROOT": str(self.root), "REPORTS": str(reports), "USER_GROUP": self.config["User"],
                "WORK": self.config["WorkingDir"]}  # fmt: skip
        inner = shlex.join([*own, "setpriv", "--no-new-privs", "--", *command])
        return subprocess.run(
            ["unshare", "--mount", "--net", "--pid", "--ipc", "--fork", "--kill-child", "sh", "-c",
             INSIDE.replace('"$@"', inner)],
            env={"PATH": os.environ["PATH"], **told}, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

"""A branch of one commit, by git's own programs: read as files, and replaced as a whole or not at all."""

from __future__ import annotations

import base64
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from smoke.history.errors import HistoryError
from smoke.host.process import Finished, run
from smoke.secrets.secret import Scrubber, Secret

LONGEST_S = 120.0
"""Seconds that one call of git may take."""
AT_ONCE = 500
"""Files that are read at once."""
MOST_SAID = 400
"""Characters of what git says that are told."""
TOKEN, SERVER = "GITHUB_TOKEN", "GITHUB_SERVER_URL"


class OutpacedError(HistoryError):
    """Somebody else was quicker: the branch is no longer what it was when it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """The branch ``name`` of ``remote``, seen from the repository ``folder``; every method raises HistoryError.

    Objects are kept in the repository's own store, the working tree and its branches are left alone. On GitHub, git
    gets GITHUB_TOKEN by its environment alone: it stands in no address, on no command line and in no file.
    """

    name: str
    remote: str
    folder: Path
    environ: Mapping[str, str] = field(repr=False)

    @property
    def misnamed(self) -> str | None:
        """What is wrong with the name; None: nothing."""
        done = self._run("check-ref-format", self._ref)
        return None if done.code != 1 else f"{self.name!r} cannot be the name of a branch"

    def fetch(self) -> str | None:
        """Fetch the commit that the branch is now, and return its name; None: there is no such branch."""
        if self._tip() is None:
            return None
        kept = f"refs/smoke/{self.name}"
        self._reach("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", self.remote, f"+{self._ref}:{kept}")
        return self._git("rev-parse", "--verify", kept).decode().strip()

    def files(self, commit: str) -> dict[str, str]:
        """Return the names of the contents of ``commit``, by path."""
        listed = self._git("ls-tree", "-r", "-z", "--full-tree", commit).decode().split("\0")
        entries = (entry.split("\t", 1) for entry in listed if entry)
        return {path: told.split()[2] for told, path in entries}

    def read(self, contents: Iterable[str]) -> Iterator[bytes]:
        """Yield these contents."""
        names = tuple(contents)
        for some in (names[at : at + AT_ONCE] for at in range(0, len(names), AT_ONCE)):
            answer = self._git("cat-file", "--batch", given="\n".join(some).encode())
            for _ in some:
                header, _, answer = answer.partition(b"\n")
                if header.endswith(b"missing"):
                    raise HistoryError(f"{self}: {header.decode()}")
                length = int(header.split()[2])
                yield answer[:length]
                answer = answer[length + 1 :]

    def replace(self, expected: str | None, gone: Iterable[str], files: Mapping[str, bytes], now: float) -> None:
        """Make the branch one commit of what ``expected`` holds, without ``gone``, with ``files``.

        Raises OutpacedError, and changes nothing, where the branch is not ``expected`` (None: not there) any more.
        """
        commit = self._commit(expected, gone, files, now)
        lease = f"--force-with-lease={self._ref}:{expected or ''}"
        done = self._run("push", "--quiet", lease, "--", self.remote, f"{commit}:{self._ref}")
        if done.ok or (tip := self._tip()) == commit:  # it may have arrived although nobody said so
            return
        if tip != expected:
            raise OutpacedError(f"{self}: somebody else was quicker")
        raise self._trouble(done.output)

    def _commit(self, base: str | None, gone: Iterable[str], files: Mapping[str, bytes], now: float) -> str:
        message = b"The history of smoke, in one commit that each run replaces\n"
        lines = [b"commit refs/smoke/next/%b" % self.name.encode(), b"mark :1"]
        lines += [b"committer smoke <smoke@localhost> %d +0000" % now, b"data %d" % len(message), message]
        if base is not None:
            tree = self._git("rev-parse", "--verify", f"{base}^{{tree}}").strip()
            lines += [b"M 040000 %b " % tree, *(b"D %b" % path.encode() for path in gone)]
        for path, content in files.items():
            lines += [b"M 100644 inline %b" % path.encode(), b"data %d" % len(content), content]
        lines += [b"get-mark :1", b"done", b""]
        return self._git("fast-import", "--quiet", "--force", "--done", given=b"\n".join(lines)).decode().strip()

    def _tip(self) -> str | None:
        said = self._reach("ls-remote", "--", self.remote, self._ref)
        found = re.search(rf"^([0-9a-f]{{40,64}})\t{re.escape(self._ref)}$", said, re.MULTILINE)
        return found[1] if found else None

    def _reach(self, *command: str) -> str:
        done = self._run(*command)
        if not done.ok:
            raise self._trouble(done.output)
        return done.output

    def _run(self, *command: str) -> Finished:
        return run(["git", *command], seconds=LONGEST_S, environ=self._environ, cwd=self.folder)

    def _git(self, *command: str, given: bytes = b"") -> bytes:
        try:
            done = subprocess.run(
                ["git", *command],
                input=given,
                cwd=self.folder,
                env=self._environ,
                capture_output=True,
                timeout=LONGEST_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise self._trouble(str(error)) from error
        if done.returncode != 0:
            raise self._trouble(done.stderr.decode(errors="replace"))
        return done.stdout

    @property
    def _ref(self) -> str:
        return f"refs/heads/{self.name}"

    @property
    def _environ(self) -> dict[str, str]:
        own = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
        token, server = self.environ.get(TOKEN), self.environ.get(SERVER)
        if not token or not server:
            return own
        number = int(own.get("GIT_CONFIG_COUNT", "0"))
        basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        return {
            **own,
            "GIT_CONFIG_COUNT": str(number + 1),
            f"GIT_CONFIG_KEY_{number}": f"http.{server.rstrip('/')}/.extraheader",
            f"GIT_CONFIG_VALUE_{number}": f"AUTHORIZATION: basic {basic}",
        }

    def _trouble(self, said: str) -> HistoryError:
        scrubber = Scrubber(Secret(token) for token in (self.environ.get(TOKEN),) if token)
        return HistoryError(
            f"{self}: git: {' '.join(_bare(scrubber.text(said)).split())[:MOST_SAID]}; nothing of it was changed"
        )

    def __str__(self) -> str:
        return f"the branch {self.name} of {_bare(self.remote)}"


def _bare(text: str) -> str:
    """Return ``text`` without the users and passwords of its addresses."""
    return re.sub(r"//[^/\s]*@", "//", text)

"""Which state-changing requests a check may make. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from smoke.model import Check
from smoke.planning.plan import Plan

SIGNS_IN = "login: "
"""How the permission of a request begins that signs an account in."""
SIGN_OUTS = frozenset({"logout", "log-out", "signout", "sign-out"})


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a plan permits at the addresses of its target."""

    plan: Plan
    base_url: str
    urls: Mapping[str, str]

    def of(self, check_id: str, method: str, path: str) -> str | None:
        """Return the permit that covers a request of a check: its own, or the suite's login; None if none does."""
        about = self.plan.suite.about
        check = next((each for each in self.plan.checks if each.id == check_id), None)
        if check is None or self.forbids(method, path):
            return None
        if check.account and about.login and self.signs_in(method, path):
            return f"{SIGNS_IN}{method} {self._below(about.login.base, path)}"
        probe = next((each for each in self.plan.suite.probes if each.id == check_id), None)
        asked = {path, self._below(probe.base if probe else None, path)}
        return next((str(each) for each in check.permits for said in asked if each.covers(method, said)), None)

    def may_write(self, check: Check) -> bool:
        """Tell whether a check may change something beyond signing its account in or out."""
        return any(not only_signs(self.of(check.id, each.method, each.path) or "", each.path) for each in check.permits)

    def signs_in(self, method: str, path: str) -> bool:
        """Tell whether this is a request by which accounts of the suite sign in, whoever makes it."""
        login = self.plan.suite.about.login
        return login is not None and f"{method} {self._below(login.base, path)}" in login.writes

    def forbids(self, method: str, path: str) -> bool:
        """Tell whether the suite calls this destructive, so that no permit helps."""
        return any(each.covers(method, self._below(None, path)) for each in self.plan.suite.about.destroys)

    def is_telemetry(self, method: str, path: str) -> bool:
        """Tell whether this is what the product's pages report of themselves."""
        return any(each.covers(method, self._below(None, path)) for each in self.plan.suite.about.reports)

    def _below(self, base: str | None, path: str) -> str:
        """Return ``path`` as a suite writes it: below the target's address named ``base``."""
        address = self.urls.get(base, "") if base else self.base_url
        return path.removeprefix(urlsplit(address).path)


def only_signs(permission: str, path: str) -> bool:
    """Tell whether a permitted request only signs an account in, or out: done twice, it changes nothing more."""
    return permission.startswith(SIGNS_IN) or signs_out(path)


def signs_out(path: str) -> bool:
    """Tell by its path whether a request signs an account out."""
    return path.rstrip("/").rpartition("/")[2] in SIGN_OUTS

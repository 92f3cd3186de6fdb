"""The rim towards a Datadog account: lists what is ours, validates, writes."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, assert_never

from datadog_api_client import ApiClient

from smoke.datadog.dashboards import name_in
from smoke.datadog.definition import MANAGED, Definition, Existing, Json, Kind, tagged
from smoke.datadog.monitors import RULE_TAG
from smoke.datadog.synthetics import TEST_TAG
from smoke.sinks._datadog_terms import Access
from smoke.sinks._datadog_wire import RETRIED, UNTOUCHED, Wire, client_of, plainly
from smoke.sinks.registry import RefusedError, SinkError

PATIENCE_S = 20.0
"""For one request, its retries included."""
PAGE = 100
DONE = frozenset({200, 204})
EVERY_TEST = "/api/v1/synthetics/tests"
Query = Mapping[str, str | int]
PATHS = {
    Kind.MONITOR: "/api/v1/monitor",
    Kind.DASHBOARD: "/api/v1/dashboard",
    Kind.TEST: "/api/v1/synthetics/tests/api",
}
IDS = {Kind.MONITOR: "id", Kind.DASHBOARD: "id", Kind.TEST: "public_id"}


@dataclass(frozen=True, slots=True)
class Account:
    """What is ours in one Datadog account. Every method raises SinkError where Datadog does not do what is asked."""

    client: ApiClient
    access: Access

    def monitors(self) -> tuple[Existing, ...]:
        """Return the monitors that bear our mark."""
        pages = self._pages(
            PATHS[Kind.MONITOR], lambda page: {"monitor_tags": MANAGED, "page": page, "page_size": PAGE}
        )
        return tuple(_ours(Kind.MONITOR, each, tagged(each["tags"], RULE_TAG)) for each in pages if _is_ours(each))

    def dashboards(self) -> tuple[Existing, ...]:
        """Return the dashboards that bear our mark, each with its widgets, which no list shows."""
        path = PATHS[Kind.DASHBOARD]
        pages = self._pages(path, lambda page: {"count": PAGE, "start": page * PAGE}, "dashboards")
        named = [(each["id"], name) for each in pages if (name := name_in(each.get("description")))]
        return tuple(_ours(Kind.DASHBOARD, self._ask("GET", f"{path}/{id_}"), name) for id_, name in named)

    def tests(self) -> tuple[Existing, ...]:
        """Return the Synthetics tests that bear our mark."""
        pages = self._pages(EVERY_TEST, lambda page: {"page_size": PAGE, "page_number": page}, "tests")
        return tuple(_ours(Kind.TEST, each, tagged(each["tags"], TEST_TAG)) for each in pages if _is_ours(each))

    def locations(self) -> tuple[str, ...]:
        """Return the ids of the places from which this account may run tests."""
        return tuple(each["id"] for each in self._list("/api/v1/synthetics/locations", {}, "locations"))

    def refusal(self, definition: Definition, id_: str | None) -> str | None:
        """Ask whether Datadog would take a monitor, new or in place of ``id_``; return why not."""
        path = f"{PATHS[Kind.MONITOR]}/{id_}/validate" if id_ else f"{PATHS[Kind.MONITOR]}/validate"
        try:
            self._ask("POST", path, body=definition.document)
        except RefusedError as error:
            return str(error)
        return None

    def create(self, definition: Definition) -> None:
        """Make what is not there; not tried again where it may have been made."""
        self._ask("POST", PATHS[definition.kind], body=definition.document, retried=UNTOUCHED)

    def change(self, definition: Definition, id_: str) -> None:
        """Put ``definition`` in place of ``id_``."""
        self._ask("PUT", f"{PATHS[definition.kind]}/{id_}", body=definition.document)

    def remove(self, existing: Existing) -> None:
        """Remove what stands there."""
        match existing.kind:
            case Kind.TEST:
                self._ask("POST", f"{EVERY_TEST}/delete", body={"public_ids": [existing.id]})
            case Kind.MONITOR | Kind.DASHBOARD:
                self._ask("DELETE", f"{PATHS[existing.kind]}/{existing.id}")
            case _:
                assert_never(existing.kind)

    def _ask(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        query: Query | None = None,
        retried: frozenset[int] = RETRIED,
    ) -> Any:
        wire = Wire(self.client, self.access.host, self.access.names, time.monotonic() + PATIENCE_S, DONE)
        return wire.send(partial(plainly, self.client, method, path, body, query), retried)

    def _list(self, path: str, query: Query, key: str | None) -> list[dict[str, Any]]:
        said = self._ask("GET", path, query=query)
        found = said.get(key) if key and isinstance(said, dict) else said
        if not isinstance(found, list):  # else a stranger's answer would read as an account without anything of ours
            raise SinkError(f"{self.access.host} did not answer like Datadog: {path} gave no list.")
        return found

    def _pages(self, path: str, query_of: Callable[[int], Query], key: str | None = None) -> Iterator[dict[str, Any]]:
        before: list[dict[str, Any]] = []
        for page in itertools.count():
            found = self._list(path, query_of(page), key)
            if found != before:
                yield from found
            if len(found) < PAGE or found == before:
                return
            before = found


@contextmanager
def account(access: Access) -> Iterator[Account]:
    """Open the account, and close its connections at the end."""
    with client_of(access.host, {"apiKeyAuth": access.key, "appKeyAuth": access.app_key}) as client:
        yield Account(client, access)


def _is_ours(document: Json) -> bool:
    return MANAGED in (document.get("tags") or ())


def _ours(kind: Kind, document: Json, name: str | None) -> Existing:
    return Existing(kind=kind, name=name or "", id=str(document[IDS[kind]]), document=document)

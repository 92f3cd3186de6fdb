"""Which Datadog account the project means, and by which keys it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from smoke.config.monitoring import monitoring
from smoke.config.paths import MONITORING
from smoke.config.problems import ConfigError, Problem
from smoke.config.source import read
from smoke.datadog.definition import Definition
from smoke.datadog.monitors import Telling
from smoke.datadog.sync import text_of
from smoke.secrets.secret import Scrubber
from smoke.settings import Settings
from smoke.sinks._datadog_terms import Access
from smoke.sinks.datadog import Datadog, host_of, key_of
from smoke.sinks.registry import SinkError
from smoke.strict import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What is needed to speak with the account."""

    options: Datadog
    access: Access
    secrets: Mapping[str, str] = field(repr=False)
    """Variable to value: what may stand in no definition and in no line that is printed."""

    @property
    def telling(self) -> Telling:
        """Whom Datadog reaches how."""
        return Telling(handles=self.options.handles, runbooks=self.options.runbooks)

    def minding(self, settings: Settings, variables: Iterable[str]) -> Opened:
        """Return the same with further secrets: what ``variables`` hold."""
        more = {name: value for name in variables if (value := settings.environ.get(name, "").strip())}
        return replace(self, secrets={**self.secrets, **more})

    def scrubber(self) -> Scrubber:
        """Return what masks every secret in what is printed."""
        scrubber = Scrubber()
        for value in self.secrets.values():
            scrubber.learn(value)
        return scrubber


def opened(settings: Settings, needs: str) -> Opened:
    """Return how the account is spoken with; raises ConfigError with all that is missing.

    ``needs`` says what its keys must be allowed to do.
    """
    options = _options(settings.root)
    found: dict[str, str] = {}
    problems: list[Problem] = []
    readers: dict[str, Callable[[], str]] = {
        options.key: lambda: key_of(options.key, settings.environ),
        options.app_key: lambda: key_of(options.app_key, settings.environ),
        "": lambda: host_of(settings.environ),
    }
    for name, read_value in readers.items():
        try:
            found[name] = read_value()
        except SinkError as error:
            problems.append(Problem.of_variable(name, _way_out(str(error), name, settings.environ)))
    if problems:
        raise ConfigError(problems)
    access = Access(
        host=found[""],
        key=found[options.key],
        app_key=found[options.app_key],
        names=f"{options.key} and {options.app_key} (which needs {needs})",
    )
    ours = Opened(options=options, access=access, secrets={})
    return ours.minding(settings, (options.key, options.app_key))


def leaking(definitions: tuple[Definition, ...], secrets: Mapping[str, str]) -> Iterator[Problem]:
    """Yield each definition that would carry a secret out of the house."""
    for definition in definitions:
        text = text_of(definition.document)
        for name, value in secrets.items():
            if value in text:
                what = (
                    f"the {definition.kind} {definition.name} would hold the value of {name}: write it nowhere in YAML"
                )
                yield Problem("config", 0, name, what)


def datadog_problem(root: Path, key: Key, text: str) -> Problem:
    """Place a problem below the entry of Datadog in monitoring-integration.yaml."""
    if not (root / MONITORING).exists():
        return Problem(MONITORING, 0, "", f"is missing; list sink: datadog there, for {text}")
    source = read(root / MONITORING, root)
    listed = source.data.get("sinks", []) if isinstance(source.data, dict) else []
    index = next((index for index, each in enumerate(listed) if each.get("sink") == "datadog"), 0)
    return source.problem(("sinks", index, *key), text)


def _options(root: Path) -> Datadog:
    found = [each.options for each in monitoring(root).outlets if isinstance(each.options, Datadog)]
    if not found:
        raise ConfigError([Problem(MONITORING, 0, "sinks", "lists no datadog: add - sink: datadog")])
    return found[0]


def _way_out(said: str, name: str, environ: Mapping[str, str]) -> str:
    if name and not environ.get(name, "").strip():
        return "is not set; make the key in Datadog (Organization Settings), and put it here or into .env"
    return said

"""The base of everything that YAML is read into."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from annotated_types import Len

from smoke import spans
from smoke.known import known

Key = tuple[str | int, ...]
"""The keys that lead to a value, from the outermost; of a list, the number of an element."""
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


class Strict:
    """Base of every shape: a key that the shape does not know is an error, never ignored."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Checked:
    """A condition on a type, for ``Annotated``: ``check`` raises ValueError with what is wrong with a value."""

    check: Callable[[Any], object]

    def __get_pydantic_core_schema__(self, kind: Any, handler: Callable[[Any], Any]) -> Any:
        """Ask after what ``kind`` itself wants; called by pydantic."""
        from pydantic_core.core_schema import no_info_after_validator_function

        return no_info_after_validator_function(self._passed, handler(kind))

    def _passed(self, value: Any) -> Any:
        self.check(value)
        return value


ANY_TEXT = ("", "\n", "0", "no", '{"a": [1]}', "<!doctype html><p>Sorry</p>")


def check_pattern(pattern: str) -> None:
    """Raise ValueError unless ``pattern`` is a regular expression."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from None


def check_telling(pattern: str) -> None:
    """Raise ValueError unless ``pattern`` is a regular expression, and one that is not found whatever the text."""
    check_pattern(pattern)
    forbids = "(?!" in pattern or "(?<!" in pattern
    if not forbids and all(re.search(pattern, text) for text in ANY_TEXT):
        raise ValueError(f"{pattern!r} is found in every text, also in an empty one: it can never fail")


def check_variable(name: str) -> None:
    """Raise ValueError unless ``name`` is one of an environment variable: values never stand in YAML."""
    if not VARIABLE.fullmatch(name):
        raise ValueError("names an environment variable such as DD_API_KEY, which holds the value")


Text = Annotated[str, Len(1)]
"""A text that says something."""
Variable = Annotated[str, Checked(check_variable)]
"""Name of an environment variable."""
Time = Annotated[str, Checked(spans.seconds)]
"""A length of time as people write it, such as ``10m``."""


class WrongError(ValueError):
    """What is wrong with values below one that is being read, each with the keys that lead to it."""

    def __init__(self, told: Iterable[tuple[Key, str]]) -> None:
        self.told = tuple(told)
        super().__init__("; ".join(text for _, text in self.told))


def check_each(checks: Iterable[tuple[Key, Callable[[], object]]]) -> None:
    """Make every call, and raise WrongError with all that were answered by ValueError, each with its key."""
    told = []
    for key, check in checks:
        try:
            check()
        except ValueError as error:
            told.append((key, str(error)))
    if told:
        raise WrongError(told)


def check_ceilings(ceilings: Mapping[str, float], budgets: Mapping[str, float]) -> None:
    """Raise WrongError unless each of ``ceilings`` is that of a budget in milliseconds, and not below it."""
    told = [(("ceilings", name), text) for name, text in wrong_ceilings(ceilings, budgets)]
    if told:
        raise WrongError(told)


def wrong_ceilings(ceilings: Mapping[str, float], budgets: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """Yield the name of each ceiling that fits no budget, and what is wrong with it."""
    for name, ceiling in ceilings.items():
        if name not in budgets:
            yield name, f"is the ceiling of no budget; {known(name, budgets)}"
        elif not name.endswith("_ms"):
            yield name, "is no time, and one sample of it decides; remove it"
        elif ceiling < budgets[name]:
            yield name, f"ceiling ({ceiling:g}) must not be below its budget ({budgets[name]:g})"

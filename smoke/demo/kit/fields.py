"""Reading what a request says: every field that is wrong is told at once."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.requests import Request

from smoke.demo.kit.errors import ApiError


async def json_object(request: Request) -> dict[str, object]:
    """The body as a JSON object.

    Raises:
        ApiError: 400, it is something else.
    """
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise ApiError(400, "malformed_body", "The body must be JSON") from error
    if not isinstance(body, dict):
        raise ApiError(400, "malformed_body", "The body must be a JSON object")
    return body


class Fields:
    """The fields of a body or of a query; ``check`` refuses the request if any was wrong."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values
        self._problems: list[str] = []

    def text(self, name: str, longest: int) -> str:
        """A text that is not blank, of at most ``longest`` characters."""
        value = self._values.get(name)
        if isinstance(value, str) and value.strip() and len(value) <= longest:
            return value
        self._problems.append(f"{name}: must be a text of 1 to {longest} characters")
        return ""

    def integer(self, name: str, highest: int, default: int | None = None) -> int:
        """A whole number from 1 to ``highest``; where it is absent, the default if there is one."""
        value = self._values.get(name, default)
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= highest:
            return value
        self._problems.append(f"{name}: must be a whole number from 1 to {highest}")
        return 1

    def flag(self, name: str) -> bool:
        """True or false; where it is absent, false."""
        value = self._values.get(name, False)
        if not isinstance(value, bool):
            self._problems.append(f"{name}: must be true or false")
        return value is True

    def check(self) -> None:
        """Go on if every field that was read is fine.

        Raises:
            ApiError: 422, with a detail for each field that is not.
        """
        if self._problems:
            raise ApiError(422, "invalid_fields", "Some fields are not valid", self._problems)


def query(request: Request) -> Fields:
    """The fields of a query; digits are whole numbers there."""
    values = request.query_params.items()
    return Fields({name: int(value) if _is_number(value) else value for name, value in values})


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 10

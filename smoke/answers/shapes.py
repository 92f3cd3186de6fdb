"""What checks.yaml may say of a probe's answer: the keys below ``expect`` and their meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt

from smoke.answers.paths import check_path
from smoke.answers.plain_schema import is_plain
from smoke.strict import Strict, check_pattern, check_telling

Positive = Annotated[float, Gt(0)]
JsonType = Literal["string", "integer", "number", "boolean", "array", "object", "null"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderExpect(Strict):
    """What one header must be."""

    present: bool = True
    """Whether it is there; by default it must be."""
    equals: str | None = None
    """Its whole value."""
    matches: str | None = None
    """Regular expression that is found in its value."""

    def __post_init__(self) -> None:
        if self.matches is not None:
            check_pattern(self.matches)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonExpect(Strict):
    """What the value at one JSON path must be. An empty expectation asks that the path exists."""

    equals: str | int | float | bool | None = None
    """The whole value."""
    type: JsonType | None = None
    """Its JSON type."""
    keys: tuple[str, ...] | None = None
    """Exactly these keys, in any order, and no others."""
    matches: str | None = None
    """Regular expression that is found in it."""
    below: float | None = None
    """It is a number less than this."""
    above: float | None = None
    """It is a number greater than this."""

    def __post_init__(self) -> None:
        if self.matches is not None:
            check_pattern(self.matches)


class Cors(StrEnum):
    """What a preflight must be answered."""

    ALLOWED = "allowed"
    REFUSED = "refused"


class Bom(StrEnum):
    """How many UTF-8 byte order marks a body begins with."""

    ONCE = "once"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPii(Strict):
    """No e-mail address, no token and none of these names may stand in the answer."""

    allow: tuple[str, ...] = ()
    """E-mail addresses that may."""
    names: tuple[str, ...] = ()
    """Names of people that may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenApiExpect(Strict):
    """The answer is an OpenAPI description, and every GET path that it lists is served."""

    parameters: dict[str, str | int] = field(default_factory=dict)
    """Values for path parameters; others are taken from the description's own examples, or are 1."""
    skip: tuple[str, ...] = ()
    """Paths that are not asked."""


class Secure(StrEnum):
    """Whether a cookie must have the attribute Secure."""

    ALWAYS = "always"
    OVER_HTTPS = "over-https"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieExpect(Strict):
    """Attributes of one cookie, judged wherever it is set (RFC 6265bis)."""

    http_only: bool | None = None
    """The attribute HttpOnly must be there (true) or not (false); by default either will do."""
    same_site: Literal["Strict", "Lax", "None"] | None = None
    """The attribute SameSite; by default any will do."""
    secure: Secure = Secure.OVER_HTTPS
    """When the attribute Secure must be there: ``always``, ``over-https`` (the default) or ``never``."""


class Flaw(StrEnum):
    """What is wrong with any answer, whatever else is asked of it."""

    ENCODING = "encoding"
    """Its body is not compressed in the way that it says."""
    NOT_JSON = "not-json"
    """It says that it is JSON, and is not."""
    PAGE_IN_DISGUISE = "page-in-disguise"
    """It is an HTML page, and says that it is something else."""
    DOWNLOAD = "download"
    """It is an HTML page that browsers do not show but keep as a file."""
    CHARSET = "charset"
    """Its text is not in the charset that it says, or was misread before."""
    HALF = "half"
    """It is an HTML page that ends too early."""
    CRASHED = "crashed"
    """It shows a stack trace, or is a page that tells of an error with a good status."""
    CERTIFICATE = "certificate"
    """The certificate of its server ends within two days."""
    SHARED_CACHE = "shared-cache"
    """It was asked for by an account, and comes from a cache that others share."""
    KEY = "key"
    """It shows a key that only its owner may have, such as a private key or a token of GitHub."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect(Strict):
    """Everything that a probe asks of an answer; each key is judged by the function of its name."""

    status: int | tuple[int, ...] | None = None
    """One status, or a list of which one is right. By default 200; any redirect with ``redirects_to``;
    what a browser takes with ``cors: allowed``."""
    within_ms: Positive | None = None
    """Total time; where the first sample is over it, the median of three decides."""
    ceiling_ms: Positive | None = None
    """Above what a single sample fails; by default three times within_ms, and 3 s more than it at least."""
    p95_within_ms: Positive | None = None
    """Time within which 95 % of ``samples`` requests are answered."""
    samples: Annotated[int, Ge(2)] = 8
    """Requests that p95_within_ms is judged on; by default 8."""
    content_type: str | None = None
    """Media type such as ``application/json``, compared without its charset."""
    headers: dict[str, HeaderExpect] = field(default_factory=dict)
    """Response headers, by name."""
    contains: tuple[str, ...] = ()
    """Texts that stand in the body."""
    lacks: tuple[str, ...] = ()
    """Texts that do not stand in the body."""
    matches: tuple[str, ...] = ()
    """Regular expressions that must be found in the body."""
    json: dict[str, JsonExpect] = field(default_factory=dict)
    """Path such as ``services.database`` or ``items[0].id`` to what stands there; $ is the whole."""
    json_schema: dict[str, Any] | None = None
    """JSON Schema (2020-12) that the body fits."""
    redirects_to: str | None = None
    """Regular expression for the whole Location; the redirect is not followed."""
    cors: Cors | None = None
    """Whether the preflight lets the browser's request through."""
    tls_days_left: Positive | None = None
    """The certificate is valid for so many days more; https only."""
    bom: Bom | None = None
    """Whether the body begins with one UTF-8 byte order mark, or with none."""
    no_pii: NoPii | None = None
    """No e-mail address, no token and none of its names stands in the body."""
    closes: int | None = None
    """Close code of a WebSocket, such as 1000."""
    accepts: tuple[Flaw, ...] = ()
    """Flaws that are looked for in every answer, and that this one may have."""
    cookies: dict[str, CookieExpect] = field(default_factory=dict)
    """Cookies that the answer sets, by name, and their attributes."""
    openapi: OpenApiExpect | None = None
    """The body is an OpenAPI description, and every GET path in it is served."""

    def __post_init__(self) -> None:
        for pattern in self.matches:
            check_telling(pattern)
        if self.redirects_to is not None:
            check_pattern(self.redirects_to)
        if "" in self.contains:
            raise ValueError("contains '' holds for every body: it can never fail")
        for path in self.json:
            check_path(path)
        if self.json_schema is not None:
            _check_schema(self.json_schema)
        if self.ceiling_ms is not None and self.within_ms is None:
            raise ValueError("ceiling_ms goes with within_ms: say what is still good, too")
        if self.ceiling_ms is not None and self.within_ms is not None and self.ceiling_ms < self.within_ms:
            raise ValueError(f"ceiling_ms ({self.ceiling_ms:g}) must not be below within_ms ({self.within_ms:g})")


def _check_schema(schema: dict[str, Any]) -> None:
    if is_plain(schema):
        return
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise ValueError(f"json_schema is not a JSON Schema: {error.message}") from None


class Must(StrEnum):
    """What a counter does across a probe's request."""

    MOVE = "move"
    STAY = "stay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter(Strict):
    """A number that is read before and after the probe's request."""

    read: str
    """Request that shows the number, such as ``GET /metrics``."""
    must: Must
    """``move``: it changes across the probe's request; ``stay``: it does not."""
    matches: str | None = None
    """Regular expression whose first group is the number; this or json."""
    json: str | None = None
    """JSON path of the number; this or matches."""

    def __post_init__(self) -> None:
        if (self.matches is None) == (self.json is None):
            raise ValueError("a counter has either matches or json, to say where the number stands")
        if self.json is not None:
            check_path(self.json)
        if self.matches is not None:
            check_pattern(self.matches)
            if re.compile(self.matches).groups < 1:
                raise ValueError(f"{self.matches!r} needs a group around the number")
        if not re.fullmatch(r"GET /\S*", self.read):
            raise ValueError(f"read must be such as GET /metrics; got {self.read!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight(Strict):
    """The CORS preflight that a browser at ``origin`` would send (Fetch standard)."""

    origin: str
    """Sent as Origin; ``{origin}`` is that of base_url."""
    method: str = "GET"
    """Of the request that the browser asks for; by default GET."""
    headers: tuple[str, ...] = ()
    """Of the request that the browser asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eventually(Strict):
    """Ask again until every expectation holds."""

    within_s: Positive
    """Time until it must hold."""
    every_s: Positive = 0.25
    """Pause between two requests; by default 0.25."""

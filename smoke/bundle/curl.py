"""A probe's request as a line for a shell. Pure."""

from __future__ import annotations

import shlex

from smoke.bundle.scene import Spoken

OURS = ("traceparent", "content-length", "host")
"""Headers that belong to one request only."""


def curl(spoken: Spoken) -> str:
    """Return the command that sends the request again; what is masked in it is to be filled in by hand."""
    words = ["curl", "-i"]
    if spoken.method == "HEAD":
        words.append("--head")
    elif spoken.method not in {"GET", "WS"}:
        words += ["-X", spoken.method]
    for name, value in spoken.headers:
        if name.lower() not in OURS:
            words += ["-H", f"{name}: {value}"]
    if spoken.body and spoken.method != "WS":
        words += ["--data-raw", spoken.body]
    return shlex.join([*words, spoken.url])

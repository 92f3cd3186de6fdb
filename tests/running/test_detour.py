"""What comes by a detour is what its target says, but for what lets it come so."""

from __future__ import annotations

import urllib.request

from smoke.answers.exchange import Exchange, Request
from smoke.running.detour import as_said, detour

POLICY = "default-src 'self'; img-src 'self' data:"


def test_a_policy_is_told_as_the_target_says_it() -> None:
    """The browser is told that the target is meant by what the page calls itself; no header check sees that."""
    headers = (("Content-Security-Policy", POLICY), ("X-Frame-Options", "DENY"))
    answer = Exchange(
        request=Request(method="GET", url="https://shop.example/in"), status=200, headers=headers, body=b"<p>"
    )
    with urllib.request.urlopen(detour().trickled(answer, 0.01), timeout=10) as response:
        came = {name: value for name, value in response.headers.items() if name in dict(headers)}
    assert came["Content-Security-Policy"].startswith("default-src 'self' https://shop.example; img-src")
    assert as_said(came) == dict(headers)

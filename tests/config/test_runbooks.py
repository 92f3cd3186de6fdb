"""Headings are linked to as GitHub links to them."""

from __future__ import annotations

import pytest

from smoke.config.alerts.runbooks import anchors


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("# Who is told, and when?", ("who-is-told-and-when",)),
        ("### `smoke_test_failure`", ("smoke_test_failure",)),
        ("## Silence & maintenance", ("silence--maintenance",)),
        ("## [The guide](guide.md#top) again ##", ("the-guide-again",)),
        ("## Größe: 5 %", ("größe-5-",)),
        ("# Same\n\n## Same\n\n# Same-1\n\n# Same", ("same", "same-1", "same-1-1", "same-2")),
        ("#no-heading\n    # code\n\ntext # no heading", ()),
        ("```yaml\n# a comment\n```\n# After\n~~~\n# never closed", ("after",)),
        ("````\n```\n# within\n```\n````\n# After", ("after",)),
        ('<a id="by-hand"></a>\ntext', ("by-hand",)),
    ],
)
def test_anchors_of_headings(markdown: str, found: tuple[str, ...]) -> None:
    assert anchors(markdown) == found

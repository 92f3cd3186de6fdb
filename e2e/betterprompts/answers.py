"""What makes an enhancement an answer."""

from __future__ import annotations

import re


def is_about(answer: str, prompt: str) -> None:
    """Assert that ``answer`` is about ``prompt`` and is not just the prompt again."""
    said = " ".join(answer.split())
    assert said != prompt, f"the answer ({said[:80]!r}) is more than the prompt"
    assert len(said) > len(prompt), f"length of the answer ({len(said)}) > {len(prompt)}"
    rare = [word for word in re.findall(r"\w+", prompt.lower()) if len(word) >= 6]
    found = [word for word in rare if word in said.lower()]
    assert found, f"the answer ({said[:80]!r}) mentions one of {rare}"

"""Enhancing prompts over the API."""

from __future__ import annotations

import time

import pytest

from smoke.demo.products.betterprompts.engine import enhance
from smoke.demo.products.betterprompts.techniques import CATALOGUE
from tests.demo.client import Client, Demo

ENHANCE = "/api/v1/enhance"
PROMPT = "Explain how tides work to a sailor"


def test_enhancement_is_complete(visitor: Client) -> None:
    """The answer has every field that was agreed."""
    reply = visitor.post(ENHANCE, {"text": PROMPT, "context": {}})
    assert reply.status == 200
    assert set(reply.json) == {
        "id", "original_text", "enhanced_text", "enhanced_prompt", "intent", "complexity", "techniques",
        "techniques_used", "confidence", "processing_time_ms", "enhanced", "metadata",
    }  # fmt: skip
    assert reply.json["original_text"] == PROMPT
    assert reply.json["intent"] == "explanation"
    assert reply.json["enhanced"] is True
    assert 0 < reply.json["confidence"] < 1


def test_enhancement_is_about_the_prompt_and_more_than_it(visitor: Client) -> None:
    """The better prompt speaks about tides and is not the prompt itself."""
    text = visitor.post(ENHANCE, {"text": PROMPT}).json["enhanced_text"]
    assert "tides" in text
    assert "sailor" in text
    assert len(text) > 2 * len(PROMPT)


def test_anonymous_enhancement_saves_nothing(demo: Demo, member: Client) -> None:
    """Neither the count of saved prompts nor anybody's history changes."""
    before = (demo.saved(), member.get("/api/v1/history").json)
    reply = demo.visitor().post(ENHANCE, {"text": PROMPT})
    assert reply.json["metadata"]["saved"] is False
    assert (demo.saved(), member.get("/api/v1/history").json) == before


def test_signed_in_enhancement_is_saved(demo: Demo, member: Client) -> None:
    """A member's prompt becomes the newest entry of the history."""
    before = demo.saved()
    reply = member.post(ENHANCE, {"text": "Plan a harvest festival"})
    newest = member.get("/api/v1/history").json[0]
    assert demo.saved() == before + 1
    assert (newest["id"], newest["original_text"]) == (reply.json["id"], "Plan a harvest festival")


def test_preferred_techniques_are_applied(visitor: Client) -> None:
    """A technique that was asked for is among those used; one that does not exist is ignored."""
    wanted = {"text": PROMPT, "prefer_techniques": ["tone-and-voice", "magic"]}
    assert "Tone and voice" in visitor.post(ENHANCE, wanted).json["techniques_used"]


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", [], {}, {"text": ""}, {"text": " \n"}, {"text": 7}, {"text": "x" * 5001},
     {"text": "x", "prefer_techniques": "audience"}],
)  # fmt: skip
def test_malformed_enhancement_is_a_bad_request(visitor: Client, body: object) -> None:
    """A body that is no prompt is answered with 400 and the reason."""
    reply = visitor.post(ENHANCE, body)
    assert (reply.status, reply.json["error"]) == (400, "Invalid request body")
    assert reply.json["details"]


def test_huge_body_is_refused_unread(visitor: Client) -> None:
    """A body beyond every limit is answered with 413."""
    assert visitor.post(ENHANCE, b"x" * 100_000).status == 413


def test_history_needs_a_session(visitor: Client) -> None:
    """A history is for its owner only."""
    reply = visitor.get("/api/v1/history")
    assert (reply.status, reply.json) == (401, {"error": "Authorization required"})


def test_techniques_are_listed(visitor: Client) -> None:
    """The catalogue is open to everybody."""
    listed = visitor.get("/api/v1/techniques").json
    assert [item["id"] for item in listed] == [technique.id for technique in CATALOGUE]


def test_reading_is_quick(visitor: Client) -> None:
    """An answer that needs no thinking takes a few milliseconds; the best of five counts."""

    def once() -> float:
        started = time.perf_counter()
        visitor.get("/api/v1/techniques")
        return time.perf_counter() - started

    assert min(once() for _ in range(5)) < 0.020


@pytest.mark.parametrize(
    ("prompt", "intent"),
    [
        ("Write a Python function", "code_generation"),
        ("Show the trend in this data", "data_analysis"),
        ("Summarize the report", "summarization"),
        ("Plan a journey", "planning"),
        ("Why is the sky blue?", "explanation"),
        ("Write a poem", "creative_writing"),
        ("Cheese", "general"),
    ],
)
def test_intent_follows_the_words(prompt: str, intent: str) -> None:
    """The same engine treats a poem and a program differently."""
    assert enhance(prompt).intent == intent

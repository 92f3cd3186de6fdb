"""The catalogue of techniques: what the engine can apply and what the pages explain."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """One way to make a prompt better."""

    id: str
    name: str
    category: str
    summary: str
    """What it does, in a sentence."""
    when: str
    """When it helps."""
    instruction: str
    """The line it adds to a prompt."""

    def public(self) -> dict[str, str]:
        """The technique as the API answers it."""
        return {"id": self.id, "name": self.name, "category": self.category, "description": self.summary}


CATALOGUE = (
    Technique(
        id="role-prompting",
        name="Role prompting",
        category="Framing",
        summary="Gives the model a point of view, and with it a vocabulary and a standard to work to.",
        when="The answer depends on expertise, or the tone of a first draft is off.",
        instruction="Speak from that role's experience and leave out what it would take for granted.",
    ),
    Technique(
        id="step-by-step",
        name="Step by step",
        category="Reasoning",
        summary="Asks for the intermediate steps before the result, so that errors have nowhere to hide.",
        when="The task has several parts, or an early mistake would spoil the rest.",
        instruction="Finish one step before you begin the next, and show the result of each.",
    ),
    Technique(
        id="structured-output",
        name="Structured output",
        category="Format",
        summary="Fixes the shape of the answer, so that people can skim it and programs can read it.",
        when="The answer goes into a document, a ticket or another tool.",
        instruction="Use exactly the format that is asked for below, without an introduction.",
    ),
    Technique(
        id="self-check",
        name="Self-check",
        category="Reasoning",
        summary="Makes the model read its own answer against the task before it commits to it.",
        when="Being wrong is expensive and a second look is cheap.",
        instruction="Before you answer, compare your draft with the task and correct what does not fit.",
    ),
    Technique(
        id="constraints",
        name="Constraints",
        category="Framing",
        summary="Says what must not happen: length, scope, words to avoid, sources to stay within.",
        when="Answers come back too long, too broad or too generic.",
        instruction="Stay within the scope of the task; if something needed is missing, ask for it.",
    ),
    Technique(
        id="audience",
        name="Audience",
        category="Framing",
        summary="Names the reader, what they know already and what they will do with the answer.",
        when="The same facts need different words for a child, a colleague or a customer.",
        instruction="Write for the reader named in the task and explain every term they may not know.",
    ),
    Technique(
        id="worked-example",
        name="Worked example",
        category="Examples",
        summary="Shows one solved case, which says more about the expected quality than a page of rules.",
        when="You know a good answer when you see it, but find it hard to describe.",
        instruction="Include one short, concrete example and say why it fits.",
    ),
    Technique(
        id="tone-and-voice",
        name="Tone and voice",
        category="Format",
        summary="Describes how the text should sound, by what it is like and by what it is not.",
        when="The content is right and it still does not sound like you.",
        instruction="Sound warm and exact, never like an advertisement.",
    ),
)

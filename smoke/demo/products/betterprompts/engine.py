"""The "model": says what a prompt is after and writes a better one. Deterministic and made of rules."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from smoke.demo.products.betterprompts.techniques import CATALOGUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Enhancement:
    """A better prompt and how it came about."""

    text: str
    intent: str
    complexity: str
    """simple, moderate or complex."""
    techniques: tuple[str, ...]
    """Names from the catalogue, in the order in which they were applied."""
    confidence: float
    """From 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Intent:
    name: str
    words: str
    """Stems that give it away, as alternatives of a regular expression."""
    role: str
    techniques: tuple[str, ...]
    plan: tuple[str, ...]
    shape: str


_INTENTS = (
    _Intent(
        name="code_generation",
        words="code|function|script|program|python|javascript|sql|api|bug|refactor|regex|algorithm|class",
        role="a senior software engineer who writes code that others enjoy to maintain",
        techniques=("Role prompting", "Step by step", "Structured output", "Self-check"),
        plan=(
            "Restate the requirement and name the edge cases.",
            "Choose the simplest design that covers them.",
            "Write the code with clear names and types.",
        ),
        shape="one code block, followed by a short list of the decisions you made and how to test them",
    ),
    _Intent(
        name="summarization",
        words="summar|shorten|condense|key point|tl;?dr|digest|brief",
        role="an editor who cuts everything that does not carry meaning",
        techniques=("Constraints", "Structured output", "Audience"),
        plan=(
            "Find the claim everything else supports.",
            "Keep the facts that would change a decision.",
            "Drop examples, repetition and preamble.",
        ),
        shape="one sentence with the main point, then at most five bullet points",
    ),
    _Intent(
        name="data_analysis",
        words="data|analy|chart|statistic|metric|trend|csv|report|forecast|survey",
        role="a careful data analyst who separates what is known from what is guessed",
        techniques=("Role prompting", "Step by step", "Structured output", "Self-check"),
        plan=(
            "Say which data the question needs and what is missing.",
            "Work out the answer with the numbers shown.",
            "Say how certain the result is and what could change it.",
        ),
        shape="a table of findings and three sentences that a busy manager understands",
    ),
    _Intent(
        name="planning",
        words="plan|roadmap|schedule|strategy|organi[sz]e|launch|itinerary|campaign|agenda",
        role="a project lead who has done this before and knows what usually goes wrong",
        techniques=("Role prompting", "Step by step", "Constraints", "Structured output"),
        plan=(
            "State the goal and how success will be measured.",
            "Break the work into steps with an owner and a date.",
            "Name the three largest risks and what to do about each.",
        ),
        shape="a numbered plan in a table: step, outcome, effort, risk",
    ),
    _Intent(
        name="explanation",
        words="explain|what is|how do|how does|why|teach|describe|understand|difference",
        role="a patient teacher who makes hard things simple without making them wrong",
        techniques=("Role prompting", "Audience", "Worked example", "Self-check"),
        plan=(
            "Begin with what the reader already knows.",
            "Build the idea up in three short steps.",
            "Use one everyday example, then name where it stops being true.",
        ),
        shape="short paragraphs in plain words, ending with one question that checks understanding",
    ),
    _Intent(
        name="creative_writing",
        words="story|poem|blog|write|essay|lyrics|slogan|headline|character|novel|post|note|mail|letter",
        role="a writer with a clear voice and an eye for the telling detail",
        techniques=("Role prompting", "Tone and voice", "Constraints", "Worked example"),
        plan=(
            "Decide who is speaking, to whom, and what should change for the reader.",
            "Open with something concrete.",
            "Prefer verbs to adjectives and end before it is too long.",
        ),
        shape="a finished text with a title, followed by one alternative opening",
    ),
)
_GENERAL = _Intent(
    name="general",
    words="",
    role="a thoughtful expert in this field",
    techniques=("Role prompting", "Step by step", "Structured output"),
    plan=(
        "Make the question precise and say what you assume.",
        "Answer it with reasons.",
        "Point out what would be worth asking next.",
    ),
    shape="a direct answer first, then the reasoning in short sections",
)


def enhance(text: str, prefer: Collection[str] = ()) -> Enhancement:
    """A better prompt for ``text``.

    Args:
        text: The prompt as it was typed.
        prefer: Names or ids of techniques to apply in any case; unknown ones are ignored.
    """
    prompt = " ".join(text.split())
    intent = max(_INTENTS, key=lambda candidate: _hits(candidate, prompt))
    hits = _hits(intent, prompt)
    if not hits:
        intent = _GENERAL
    techniques = tuple(dict.fromkeys((*intent.techniques, *_known(prefer))))
    return Enhancement(
        text=_compose(prompt, intent, techniques),
        intent=intent.name,
        complexity=_complexity(prompt),
        techniques=techniques,
        confidence=round(min(0.97, 0.74 + 0.06 * hits + 0.002 * len(prompt.split())), 2),
    )


def _hits(intent: _Intent, prompt: str) -> int:
    return len(re.findall(rf"\b(?:{intent.words})", prompt, re.IGNORECASE))


def _known(prefer: Collection[str]) -> list[str]:
    return [technique.name for technique in CATALOGUE if technique.id in prefer or technique.name in prefer]


def _complexity(prompt: str) -> str:
    words = len(prompt.split())
    return "simple" if words < 12 else "moderate" if words < 40 else "complex"


def _compose(prompt: str, intent: _Intent, techniques: tuple[str, ...]) -> str:
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(intent.plan, start=1))
    extras = [technique.instruction for technique in CATALOGUE if technique.name in techniques]
    return "\n\n".join(
        (
            f"You are {intent.role}.",
            f"Your task: {prompt[0].upper()}{prompt[1:].rstrip('.')}.",
            f"Work in this order:\n{steps}",
            "Keep to these rules:\n" + "\n".join(f"- {line}" for line in extras if line),
            f"Answer with {intent.shape}.",
        )
    )

"""Semantic match, as far as it goes without a model: cosine similarity of weighted words, then a second look."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

MODEL = "mosaic-cosine-2"
RERANKER = "mosaic-title-1"
_IDLE = frozenset(
    re.findall(
        r"\w+", "a an and are as at be can do does for from how i in is it me my of on or so that the to we what with"
    )
)
_SAME = {
    "salary": "pay",
    "wage": "pay",
    "money": "pay",
    "boss": "manager",
    "quit": "leave",
    "job": "work",
    "career": "work",
}
_TITLE_BONUS = 0.15


@dataclass(frozen=True, slots=True)
class Exercise:
    """Something to do about a question."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """An exercise, and how well it fits, from 0 to 1."""

    id: str
    title: str
    text: str
    score: float


LIBRARY = (
    Exercise("energy-log", "Energy log", "For one week note which tasks at work give you energy and which drain it."),
    Exercise(
        "pay-talk", "Prepare a pay talk", "Collect facts about your results and the market before you ask for pay."
    ),
    Exercise(
        "manager-letter", "A letter you do not send", "Write to your manager what you need, then decide what to say."
    ),
    Exercise(
        "leave-or-stay", "Leave or stay", "Write both resignation and renewal; notice which one feels like relief."
    ),
    Exercise(
        "skills-mosaic", "Skills mosaic", "Break your work into tiles of skill and see which other pictures they make."
    ),
    Exercise(
        "small-experiment",
        "Small experiment",
        "Test a new direction in two hours instead of planning it for two years.",
    ),
    Exercise("focus-block", "Focus block", "Protect ninety minutes a day from meetings and messages."),
    Exercise("team-map", "Team map", "Draw who you depend on in your team and where trust is missing."),
    Exercise("values-cards", "Values cards", "Sort twenty values until five are left; compare them with your week."),
    Exercise("return-plan", "Return plan", "After a long break plan the first ten days back, hour by hour."),
)


class Matcher:
    """Ranks exercises for a question."""

    def __init__(self, library: Sequence[Exercise]) -> None:
        self._library = library
        seen = Counter(word for exercise in library for word in set(_words(_whole(exercise))))
        self._weight = {word: math.log(1 + len(library) / count) for word, count in seen.items()}
        self._vectors = [self._vector(_whole(exercise)) for exercise in library]

    def match(self, question: str, limit: int) -> list[Match]:
        """The ``limit`` exercises that fit best, the best one first; none that has nothing to do with the question."""
        asked, words = self._vector(question), set(_words(question))
        scored = [
            Match(exercise.id, exercise.title, exercise.text, round(_rerank(cosine, exercise, words), 4))
            for exercise, vector in zip(self._library, self._vectors, strict=True)
            if (cosine := sum(asked.get(word, 0.0) * weight for word, weight in vector.items())) > 0
        ]
        return sorted(scored, key=lambda match: (-match.score, match.id))[:limit]

    def _vector(self, text: str) -> dict[str, float]:
        weights = {word: count * self._weight.get(word, 0.0) for word, count in Counter(_words(text)).items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {word: weight / length for word, weight in weights.items()}


def _rerank(cosine: float, exercise: Exercise, words: set[str]) -> float:
    """A word of the question in the title says more than one in the text."""
    bonus = _TITLE_BONUS if words & set(_words(exercise.title)) else 0.0
    return min(1.0, cosine + bonus)


def _whole(exercise: Exercise) -> str:
    return f"{exercise.title} {exercise.text}"


def _words(text: str) -> list[str]:
    return [_SAME.get(word, word) for word in re.findall(r"[a-z]+", text.lower()) if word not in _IDLE]

"""The rule that decided, in plain words: what was expected, and what came. Pure."""

from __future__ import annotations

import re

from smoke.bundle.scene import Scene
from smoke.model import Blame
from smoke.observation import Finding

LATE = re.compile(r"holds within (?P<within>\S+ s): (?P<rule>.*)")
NOTHING = re.compile(
    r"(?:.*[.:] ?)?(?P<what>failed_requests|console_errors|page_errors|broken images|personal data)"
    r" \((?P<got>\d+)\) == 0(?:: (?P<rest>.*))?"
)
RELATIONS = {
    "==": "to be",
    "!=": "to be other than",
    "<=": "to be at most",
    ">=": "to be at least",
    "<": "to be below",
    ">": "to be above",
    "exists": "to exist",
    "is": "to be",
    "are": "to be",
    "has": "to have",
    "matches": "to match",
    "contains": "to contain",
    "lacks": "to lack",
    "does not": "not to",
}
"""What stands between a value and what it is compared with, and how one says it."""
COMPARED = re.compile(rf"(?P<what>[^()]+) \((?P<got>.*?)\) (?P<how>{'|'.join(RELATIONS)})(?: (?P<want>.*))?")
LOCATOR = re.compile(
    r"Locator expected (?P<want>[^;]*); Actual value: (?P<got>[^;]*)(?:; Error: (?P<error>[^;]*))?"
    r"; waiting for (?P<what>.*)"
)
PROMISE = re.compile(
    r"(?:body|page \S+|cookie \S+|the description|\$\S*|login of \S+|[A-Z]+ \S+)"
    r" (?:contains|lacks|matches|shows|has|never shows|is JSON|fits|lists|works|(?:answers|resolves|connects) within)\b"
)
"""A rule without a value: it says what should be, and was not."""


def seen(finding: Finding, scene: Scene | None) -> str:
    """Say what was expected and what came; a rule that is no comparison says by itself what came."""
    match finding.blame:
        case Blame.EDGE_BLOCKED if scene and scene.title:
            return f"{finding.rule}; its page says “{scene.title}”"
        case Blame.JS_ERROR:
            return _with_place(in_plain_words(finding.rule), finding.rule, scene)
        case _:
            return in_plain_words(finding.rule)


def in_plain_words(rule: str) -> str:
    """Return ``rule`` as "expected …; got …"; as it is where it compares nothing."""
    if late := LATE.fullmatch(rule):
        return f"{in_plain_words(late['rule'])}, even after {late['within']}"
    if found := LOCATOR.fullmatch(rule):
        got = "nothing, there is no such element" if found["error"] == "element(s) not found" else found["got"]
        return f"expected {found['what']} {found['want']}; got {got}"
    if found := NOTHING.fullmatch(rule):
        what, rest = found["what"].replace("_", " "), f": {found['rest']}" if found["rest"] else ""
        return f"expected no {what}; got {found['got']}{rest}"
    if found := COMPARED.fullmatch(rule):
        want = " ".join(filter(None, (RELATIONS[found["how"]], found["want"])))
        return f"expected {found['what']} {want}; got {found['got']}"
    return f"expected: {rule}" if PROMISE.match(rule) else rule


def _with_place(said: str, rule: str, scene: Scene | None) -> str:
    """Add script and line, which the timeline has after the words of what the page threw."""
    threw = rule.partition("== 0: ")[2]
    told = (each.text for each in scene.timeline if each.bad and threw) if scene else ()
    place = next((text.partition(threw)[2] for text in told if threw in text), "")
    return said + place

"""One issue for one incident, found again by a mark that readers do not see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, assert_never
from urllib.parse import quote

from smoke import moments
from smoke.brief import cut
from smoke.channels._http import Service, request
from smoke.channels.message import Message, MessageKind
from smoke.channels.registry import Errand
from smoke.spans import A_DAY

PER_PAGE, PAGES = 100, 5
TITLE, BODY = 256, 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository of GitHub; every method raises ChannelError."""

    base: str
    token: str = field(repr=False)
    variables: str
    label: str
    errand: Errand

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Return what the API answers."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "smoke",
        }
        service = Service(title="GitHub", variables=self.variables)
        return request(method, self.base + path, headers, self.errand, service, body).json()

    def pages(self, path: str) -> Any:
        """Yield what a list holds, page by page."""
        for page in range(1, PAGES + 1):
            found = self.call("GET", f"{path}&per_page={PER_PAGE}&page={page}")
            yield from found
            if len(found) < PER_PAGE:
                return

    def issue_of(self, message: Message) -> int | None:
        """Return the number of the issue of an incident, None where there is none yet."""
        since = moments.iso(message.opened - A_DAY)
        found = self.pages(f"/issues?state=all&labels={quote(self.label)}&since={since}&sort=created&direction=asc")
        marked = (each["number"] for each in found if of_incident(message) in (each["body"] or ""))
        return next(marked, None)

    def has_comment(self, number: int, mark: str) -> bool:
        """Tell whether a comment bears ``mark``."""
        return any(mark in (each["body"] or "") for each in self.pages(f"/issues/{number}/comments?sort=created"))


def tell(message: Message, repository: Repository) -> str:
    """Open the issue, comment on it or close it, whatever is not done already; return what was done."""
    number = repository.issue_of(message)
    if number is None:
        if message.kind is MessageKind.CLOSED:
            return "there is no issue to close"
        body = {"title": cut(message.headline, TITLE), "body": text_of(message), "labels": [repository.label]}
        number = repository.call("POST", "/issues", body)["number"]
        if message.kind is not MessageKind.TEST:
            return f"issue #{number} opened"
    match message.kind:
        case MessageKind.OPENED | MessageKind.DIGEST:
            return f"issue #{number} was there"
        case MessageKind.REMINDED:
            return f"issue #{number} is open; reminders are not written into it"
        case MessageKind.TEST:
            done = "opened"
        case MessageKind.ESCALATED | MessageKind.CLOSED:
            if not repository.has_comment(number, of_message(message)):
                repository.call("POST", f"/issues/{number}/comments", {"body": text_of(message)})
            done = "commented on"
        case _:
            assert_never(message.kind)
    if message.is_over or message.kind is MessageKind.TEST:
        repository.call("PATCH", f"/issues/{number}", {"state": "closed", "state_reason": "completed"})
        done = f"{done} and closed"
    return f"issue #{number} {done}"


def of_incident(message: Message) -> str:
    """Return the mark by which the issue of an incident is found."""
    return f"<!-- smoke-incident: {message.incident} -->"


def of_message(message: Message) -> str:
    """Return the mark by which a message is found."""
    return f"<!-- smoke-message: {message.key} -->"


def text_of(message: Message) -> str:
    """Write ``message`` as Markdown, with its marks."""
    listed = [f"- {plain(line)}" for line in message.lines]
    told = [f"- **{name}:** {text if text.startswith('http') else plain(text)}" for name, text in message.details]
    parts = (f"**{message.state}** {plain(message.sentence)}", "\n".join(listed), "\n".join(told))
    marks = f"{of_incident(message)}\n{of_message(message)}"
    return cut("\n\n".join(part for part in parts if part), BODY) + f"\n\n{marks}\n"


def plain(text: str) -> str:
    """Return ``text`` so that nothing in it is markup, a mention of somebody, or a reference to another issue."""
    shown = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return shown.replace("@", "@\u200b").replace("#", "#\u200b").replace("`", "'").replace("*", "\\*")

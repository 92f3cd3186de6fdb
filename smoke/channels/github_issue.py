"""GitHub: an issue for each incident, which tells how it went, and is closed when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from smoke.channels.message import Message
from smoke.channels.options import Options
from smoke.channels.registry import Errand, channel
from smoke.strict import Text, Variable
from smoke.variables import Shape

API = "https://api.github.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class GithubIssue(Options):
    """A repository; within GitHub Actions, GITHUB_TOKEN with ``issues: write`` and GITHUB_REPOSITORY are enough."""

    knows_incidents: ClassVar[bool] = True
    channel: Literal["github-issue"] = "github-issue"
    """``github-issue``."""
    token: Variable = "GITHUB_TOKEN"  # noqa: S105 - a name
    """Environment variable that holds a token that may write issues."""
    repository: Variable = "GITHUB_REPOSITORY"
    """Environment variable that holds ``owner/name``."""
    address: Variable = "GITHUB_API_URL"
    """Environment variable that holds the address of the API, where that is not github.com's."""
    issue_label: Text = "smoke-alert"
    """Label of the issues, by which they are found again."""

    @property
    def needed(self) -> tuple[str, ...]:
        """The token and the repository."""
        return (self.token, self.repository)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """A token of GitHub, and a repository."""
        return (
            Shape(self.token, r"(gh[a-z]_|github_pat_)\w+|[0-9a-f]{40}", "a token, as in ghp_… or github_pat_…"),
            Shape(self.repository, r"[\w.-]+/[\w.-]+", "owner/name"),
        )


@channel(GithubIssue)
def send(message: Message, options: GithubIssue, errand: Errand) -> str:
    """Open the incident's issue, or add to it; nothing is written twice, for what is there is looked at first."""
    from smoke.channels._issues import Repository, tell

    repository = Repository(
        base=f"{errand.value(options.address) or API}/repos/{errand.value(options.repository)}",
        token=errand.value(options.token),
        variables=f"{options.token} and {options.repository}",
        label=options.issue_label,
        errand=errand,
    )
    return tell(message, repository)

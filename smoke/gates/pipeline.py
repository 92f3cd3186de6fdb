"""What the environment of a pipeline says of the commit and of what was done before the gate. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from smoke.gates.criteria import Criterion, CriterionState, Seen

COMMITS = ("SMOKE_COMMIT", "GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT")
"""Variables that name the commit, by our own word, GitHub's, GitLab's and Jenkins'."""
RESULT = "SMOKE_PIPELINE_RESULT"
"""What came of the jobs before the gate; no CI system says that to a job by itself."""


def commit_of(environ: Mapping[str, str]) -> str | None:
    """Return the commit that is deployed; None: nobody says."""
    return next((environ[name] for name in COMMITS if environ.get(name)), None)


def committed(environ: Mapping[str, str]) -> Seen:
    """Tell whether the commit was pushed: a CI system builds nothing else."""
    commit = commit_of(environ)
    if commit is None:
        return Seen(Criterion.COMMITTED, CriterionState.UNOBSERVED, f"none of {', '.join(COMMITS)} names the commit")
    pushed = next((name for name in COMMITS[1:] if _same(commit, environ.get(name, ""))), None)
    if pushed is None:
        return Seen(Criterion.COMMITTED, CriterionState.UNOBSERVED, f"{commit}: no pipeline says that it was pushed")
    return Seen(Criterion.COMMITTED, CriterionState.MET, f"{commit}, by {pushed}")


def succeeded(environ: Mapping[str, str]) -> Seen:
    """Tell what came of the pipeline up to the gate."""
    said = environ.get(RESULT, "").strip().lower()
    where = f" ({url})" if (url := _url(environ)) else ""
    if not said:
        return Seen(Criterion.PIPELINE, CriterionState.UNOBSERVED, f"{RESULT} is not set{where}")
    standing = CriterionState.MET if said in {"success", "passed"} else CriterionState.UNMET
    return Seen(Criterion.PIPELINE, standing, f"the jobs before this gate: {said}{where}")


def _same(one: str, other: str) -> bool:
    """Tell whether both name one commit, which may be cut short."""
    return bool(other) and (one.startswith(other) or other.startswith(one))


def _url(environ: Mapping[str, str]) -> str | None:
    server, repository, run = (environ.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    if server and repository and run:
        return f"{server}/{repository}/actions/runs/{run}"
    return environ.get("CI_PIPELINE_URL") or environ.get("BUILD_URL")

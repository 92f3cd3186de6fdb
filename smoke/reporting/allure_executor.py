"""Who made a run, as Allure's executor.json says it: GitHub Actions with a link to the run, or somebody's machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smoke.judging.judged import Run

FILE = "executor.json"


def executor(run: Run, environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the content of executor.json for ``run``."""
    known = {name: environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")}
    if not all(known.values()):
        return {"name": "local", "type": "local", "buildName": run.run_id}
    number = environ.get("GITHUB_RUN_NUMBER", "")
    return {
        "name": "GitHub Actions",
        "type": "github",
        "buildName": " ".join(filter(None, (environ.get("GITHUB_WORKFLOW", "run"), number and f"#{number}"))),
        "buildUrl": f"{known['SERVER_URL']}/{known['REPOSITORY']}/actions/runs/{known['RUN_ID']}",
        **({"buildOrder": int(number)} if number.isdecimal() else {}),
    }

"""The modules that are pure: none reaches an effect (tests/test_layers.py), tests reach all of each (make coverage)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PURE = [
    *(
        f"smoke.{room}.{path.stem}"
        for room in ("answers", "config.alerts", "judging", "planning", "timeline")
        for path in sorted((ROOT / "smoke" / room.replace(".", "/")).glob("*.py"))
        if path.stem != "__init__"
    ),
    "smoke.model",
    "smoke.observation",
    *(
        f"smoke.bundle.{name}"
        for name in ("bad", "curl", "marking", "page", "pictures", "rendering", "scene", "standing", "words")
    ),
    "smoke.joining.shards",
    "smoke.calibration",
    "smoke.secrets.firewall",
    "smoke.secrets.secret",
    "smoke.secrets.written",
    "smoke.secrets.tokens",
    "smoke.addresses",
    "smoke.browser.server",
    "smoke.safety",
    "smoke.restraint.rate",
    "smoke.restraint.permission",
    *(
        f"smoke.alerts.{path.stem}"
        for path in sorted((ROOT / "smoke/alerts").glob("*.py"))
        if path.stem not in {"__init__", "checking", "kept"}
    ),
    *(f"smoke.availability.{name}" for name in ("figures", "judging", "ledger", "printed")),
    *(f"smoke.status.{name}" for name in ("charts", "days", "monitors", "page", "standing", "written")),
    "smoke.accounts.pacing",
    "smoke.secrets.totp",
    "smoke.accounts.fingerprint",
    "smoke.history.facts",
    "smoke.doctor.diagnosis",
    *(
        f"smoke.datadog.{name}"
        for name in (
            "assertions",
            "dashboards",
            "definition",
            "difference",
            "monitors",
            "queries",
            "rules",
            "synthetics",
        )
    ),
    "smoke.sinks._datadog_terms",
    *(f"smoke.channels.{name}" for name in ("links", "message", "lateness", "options", "told")),
    *(f"smoke.channels.{name}" for name in ("_slack_blocks", "_pagerduty_event", "_mail", "_signed")),
    *(f"smoke.dora.{name}" for name in ("deployment", "metrics", "document", "lines", "printed")),
    *(
        f"smoke.gates.{name}"
        for name in (
            "checklist",
            "checklist_printed",
            "cohort",
            "comparison",
            "criteria",
            "decision",
            "error_rate",
            "markdown",
            "new_endpoints",
            "pipeline",
            "restarts",
            "sample",
        )
    ),
    "smoke.commands.schemas",
    "smoke.known",
    "smoke.modules",
    "smoke.moments",
    "smoke.probing.readings",
    "smoke.spans",
    "smoke.brief",
    "smoke.percentiles",
    "smoke.variables",
    *(
        f"smoke.init.{name}"
        for name in (
            "banners",
            "code",
            "controls",
            "files",
            "first_run",
            "naming",
            "spot",
            "probes",
            "proposal",
            "scripts",
            "seen",
            "snapshot",
            "start_page",
            "usual",
            "wanted",
            "words",
        )
    ),
    *(f"smoke.recording.{name}" for name in ("skeleton", "tape", "verbs")),
    "smoke.accounts.answers",
    "smoke.proof.declared",
    "smoke.proof.fault",
    "smoke.proof.matrix",
    "smoke.proof.parts",
    "smoke.proof.progress",
    "smoke.proof.weather",
    "smoke.proof.forecast",
    "smoke.proof.campaign",
    "smoke.proof.rewriting",
    "smoke.proof.tape",
    "smoke.proof.unproven",
    "smoke.proof.element",
    "smoke.proof.journey_fault",
    *(f"smoke.proof.catalogue.{path.stem}" for path in sorted((ROOT / "smoke/proof/catalogue").glob("[a-z]*.py"))),
    *(f"smoke.config.{path.stem}" for path in sorted((ROOT / "smoke/config").glob("*.py")) if path.stem != "__init__"),
]


@cache
def file_of(module: str) -> Path | None:
    """The file of a module of ours; None for a name within one."""
    place = ROOT.joinpath(*module.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.exists()), None)


if __name__ == "__main__":
    print(",".join(str(path.relative_to(ROOT)) for path in map(file_of, PURE) if path))

"""The four keys and the deployments in the shapes of seed 004: dora_metrics.json, deployment_history.jsonl. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable

from smoke.dora.deployment import Deployment
from smoke.dora.metrics import Failure, FourKeys, Times, noticed_at
from smoke.moments import day, iso

SCHEMA_VERSION = "1.0"


def metrics_json(keys: FourKeys) -> str:
    """Return dora_metrics.json; a figure without samples is null, never 0."""
    rate, restore = keys.failure_rate, keys.restore
    return json.dumps(
        {
            "schema_version": SCHEMA_VERSION,
            "period_start": day(keys.since),
            "period_end": day(keys.until),
            "deployment_frequency": {
                "total_deployments": keys.frequency.deployments,
                "deployments_per_week": round(keys.frequency.per_week, 2) if keys.frequency.deployments else None,
                "rating": keys.frequency.band,
            },
            "lead_time_for_changes": _minutes(keys.lead_time),
            "change_failure_rate": {
                "total_deployments": rate.deployments,
                "failed_deployments": len(rate.failures),
                "percentage": None if rate.share is None else round(100 * rate.share, 1),
                "rating": rate.band,
                "failures": [_failure(each) for each in rate.failures],
            },
            "time_to_restore_service": {
                "incidents": restore.times.samples + restore.open,
                "open": restore.open,
                **_minutes(restore.times),
            },
        },
        indent=2,
    )


def history_line(deployment: Deployment) -> str:
    """Return a line of deployment_history.jsonl."""
    return json.dumps(
        {
            "timestamp": iso(deployment.at),
            "commit": deployment.commit,
            "build": deployment.build,
            "suite": deployment.suite,
            "environment": deployment.environment,
            "execution_point": deployment.point,
            "success": deployment.success,
            "failure_reason": deployment.failure_reason,
            "committed_at": _maybe(deployment.committed_at),
            "detected_at": _maybe(deployment.detected_at),
        }
    )


def history_jsonl(deployments: Iterable[Deployment]) -> str:
    """Return deployment_history.jsonl, the oldest first."""
    return "".join(f"{history_line(each)}\n" for each in sorted(deployments, key=lambda each: each.at))


def _minutes(times: Times) -> dict[str, object]:
    return {
        "samples": times.samples,
        "avg_minutes": None if times.mean_s is None else round(times.mean_s / 60, 1),
        "p95_minutes": None if times.p95_s is None else round(times.p95_s / 60, 1),
        "rating": times.band,
    }


def _failure(each: Failure) -> dict[str, object]:
    failed, restored = each.deployment, each.restored_by
    return {
        "date": day(failed.at),
        "commit": failed.commit,
        "build": failed.build,
        "reason": failed.failure_reason,
        "detection_time_minutes": round((noticed_at(failed) - failed.at) / 60, 1),
        "resolution": resolution(restored),
    }


def resolution(restored: Deployment | None) -> str:
    """Say in a few words what ended a failure."""
    if restored is None:
        return "pending"
    return f"{'rolled back to' if restored.is_rollback else 'mended by'} {restored.build}"


def _maybe(at: float | None) -> str | None:
    return None if at is None else iso(at)

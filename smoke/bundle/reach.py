"""Whether the target can know anything of a bad attempt. Pure."""

from __future__ import annotations

from smoke.bundle.pictures import Material
from smoke.judging.blame import never_left
from smoke.judging.offline import NETWORK
from smoke.observation import Attempt, told


def was_reached(material: Material, attempt: Attempt) -> bool:
    """Tell whether a request of ``attempt`` may have reached the target, so that its logs are worth a search."""
    scene, spoken = material.scene, material.spoken
    if scene is not None:
        return scene.left_out > 0 or any(each.took_ms is not None for each in scene.timeline)
    if spoken is not None and spoken.status is None:
        return not never_left(told(attempt.findings))
    return spoken is not None or not all(each.blame in NETWORK for each in attempt.findings)

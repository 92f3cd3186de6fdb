"""docs/observability.md knows every metric, sink, preset and variable there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from smoke.sinks.metrics import UP, MetricName
from smoke.sinks.otlp import Preset
from smoke.sinks.registry import available
from tests.support.deliveries import an_outlet

MANUAL = (Path(__file__).parents[2] / "docs" / "observability.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*MetricName, UP, *Preset, *(sink.name for sink in available())])
def test_the_manual_knows_it(name):
    """What is sent, and to whom, stands in the manual under the name that people will search for."""
    assert f"`{name}`" in MANUAL


@pytest.mark.parametrize("preset", Preset)
def test_the_manual_knows_what_a_preset_needs(preset):
    """Each variable without which a preset is off can be found there."""
    needed = an_outlet("otlp", preset=preset).options.needed
    assert [name for name in needed if f"`{name}`" not in MANUAL] == []

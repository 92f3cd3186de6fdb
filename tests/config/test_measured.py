"""What journeys measure, read from their text."""

from __future__ import annotations

from pathlib import Path

import pytest

from smoke.config.measured import Measured, measured


def read(root: Path, text: str, file: str = "e2e/shop/test_cart.py") -> Measured:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return measured(root, "shop")


@pytest.mark.parametrize(
    "file", ["e2e/shop/test_a.py", "e2e/shop/deep/er.py", "e2e/timing.py", "page_objects/shop/a.py"]
)
def test_measurements_are_found_wherever_a_journey_may_take_them(tmp_path: Path, file: str) -> None:
    """Journeys, their helpers and pages count; those of other suites do not."""
    read(tmp_path, 'journey.measured("bread.bake_ms")', "e2e/bakery/test_bread.py")
    found = read(tmp_path, 'with journey.step("pay"), journey.measured("cart.pay_ms"):\n    pass', file)
    assert found == Measured(frozenset({"cart.pay_ms"}), ())


def test_a_page_is_measured_with_all_its_timings(tmp_path: Path) -> None:
    """One call gives the six timings of a page."""
    found = read(tmp_path, 'journey.measure_page(page, "cart")\njourney.measure_page(page, name="pay")')
    assert found.names == {
        f"{page}.{timing}"
        for page in ("cart", "pay")
        for timing in ("ttfb_ms", "fcp_ms", "lcp_ms", "cls", "dcl_ms", "load_ms")
    }


@pytest.mark.parametrize(
    ("text", "maybe", "not_measured"),
    [
        ('journey.measured(f"cart.{step}_ms")', "cart.pay_ms", "home.load_ms"),
        ('journey.measure_page(page, f"cart-{n}")', "cart-2.load_ms", "home.load_ms"),
        ("journey.measured(name)", "anything", None),
        ('journey.measured(f"{name}.pay_ms")', "anything", None),
        ('journey.measured("cart." + name)', "anything", None),
        ("journey.measure_page(page, name)", "anything", None),
        ("journey.measure_page(*both)", "anything", None),
        ("take = journey.measured", "anything", None),
        ("journey.record.measurements.append(own)", "anything", None),
        ("def broken(:", "anything", None),
    ],
)
def test_what_is_named_while_running_may_be_anything(
    tmp_path: Path, text: str, maybe: str, not_measured: str | None
) -> None:
    """Nobody is told of a budget that a measurement might have after all."""
    found = read(tmp_path, text)
    assert found.may_hold(maybe)
    assert not_measured is None or not found.may_hold(not_measured)

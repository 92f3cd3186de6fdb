"""Addresses of a target, as people write them."""

from __future__ import annotations

import pytest

from smoke.addresses import check_open, is_here, parts_of


@pytest.mark.parametrize(
    "url", ["https://ann:hunter2@shop.example", "https://ann@shop.example", "http://[ann:hunter2@x"]
)
def test_an_address_holds_no_password(url: str) -> None:
    """Every report would show it; the message does not, and neither does one about what is no address at all."""
    with pytest.raises(ValueError, match=r"^base_url must not hold a user or password") as caught:
        check_open("base_url", url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://shop.example/~ann@home", "http://[broken", ""])
def test_other_addresses_are_none_of_its_business(url: str) -> None:
    check_open("base_url", url)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://shop.example/a", "shop.example"),
        ("http://shop.example", None),
        ("https:///a", None),
        ("https://shop.example:0", None),
        ("https://shop.example:65536", None),
        ("https://[broken", None),
    ],
)
def test_an_address_has_a_scheme_a_host_and_a_port(url: str, host: str | None) -> None:
    parts = parts_of(url, "https")
    assert (parts and parts.hostname) == host


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://[::1]", True),
        ("http://localhost", True),
        ("http://shop.localhost/a", True),
        ("http://10.0.0.1", False),
        ("http://notlocalhost", False),
        ("", False),
    ],
)
def test_this_machine_is_known_by_its_names(url: str, here: bool) -> None:
    assert is_here(url) is here

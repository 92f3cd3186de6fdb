"""TOTP secrets as products give them."""

from __future__ import annotations

import base64

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.secrets.secret import Secret
from smoke.secrets.totp import code_at, key_of
from tests.support.properties import unhurried

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("now", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890.9, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(now: float, code: str) -> None:
    """RFC 6238, appendix B, of which six digits are shown."""
    assert code_at(Secret(RFC_SECRET), now) == code


@unhurried
@given(key=st.binary(min_size=14, max_size=64), now=st.integers(0, 4_000_000_000))
def test_long_secrets_come_to_what_pyotp_says(key: bytes, now: int) -> None:
    """Where pyotp takes a secret, its code is ours."""
    secret = base64.b32encode(key).decode()
    assert code_at(Secret(secret), now) == pyotp.TOTP(secret).at(now)


def test_sixteen_characters_are_a_secret() -> None:
    """Many products give 80 bits; what RFC 4226 asks for is theirs to keep."""
    assert code_at(Secret("JBSWY3DPEHPK3PXP"), 1_000_000_000) == "949556"


@pytest.mark.parametrize(
    "text", ["jbswy3dpehpk3pxp", "JBSW Y3DP EHPK 3PXP", "jbsw-y3dp-ehpk-3pxp", "JBSWY3DPEHPK3PXP====\n"]
)
def test_a_secret_may_be_written_as_it_is_shown(text: str) -> None:
    """In groups, in small letters, with padding: as products show it to people."""
    assert key_of(Secret(text)) == key_of(Secret("JBSWY3DPEHPK3PXP"))


def test_a_secret_keeps_its_last_letter() -> None:
    """Only padding is taken off."""
    assert key_of(Secret("JBSWY3DPEHPK3PXX")) == base64.b32decode("JBSWY3DPEHPK3PXX")


@pytest.mark.parametrize("text", ["hunter-2-and-more!", "0189", "A", " ", "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP"])
def test_what_is_no_base32_is_refused_without_being_said(text: str) -> None:
    """The problem is told, the value is not."""
    with pytest.raises(ValueError, match="is no TOTP secret: one is base32") as caught:
        key_of(Secret(text))
    assert len(text) < 2 or text not in str(caught.value)

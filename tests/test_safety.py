"""What a permit covers, and what it does not."""

import pytest

from smoke.safety import Permit


@pytest.mark.parametrize(
    ("permit", "request_", "covered"),
    [
        ("POST /login", "POST /login", True),
        ("POST /login", "POST /login?next=/cart", True),
        ("POST /login", "PUT /login", False),
        ("POST /login", "POST /login/admin", False),
        ("POST /login", "POST /logins", False),
        ("POST /login", "POST /", False),
        ("DELETE /cart/*", "DELETE /cart/1", True),
        ("DELETE /cart/*/lines", "DELETE /cart/1/lines", True),
        ("DELETE /cart/*", "DELETE /cart/1/lines", False),
        ("DELETE /cart/*", "DELETE /cart", False),
        ("DELETE /cart/*", "DELETE /cart/", False),
        ("DELETE /cart/*", "DELETE /cart/..", False),
        ("DELETE /cart/1", "DELETE /cart/*", False),
    ],
)
def test_a_permit_covers_what_it_names(permit: str, request_: str, covered: bool) -> None:
    """A star stands for one segment that is there; neither the whole collection nor a way out of it is meant."""
    (method, path), (asked_method, asked_path) = permit.split(), request_.split()
    assert Permit(method=method, path=path).covers(asked_method, asked_path) is covered


def test_a_permit_reads_like_a_request() -> None:
    """A permit prints as it is written in a journey."""
    assert str(Permit(method="POST", path="/login")) == "POST /login"

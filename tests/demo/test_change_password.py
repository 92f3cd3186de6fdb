"""Changing one's password, and what only administrators may read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from smoke.demo.process import start
from tests.demo.client import BASIC, Client, Demo

PASSWORD = "/api/v1/auth/password"
USERS = "/api/v1/admin/users"
NEW = "another-one-of-24-letters"


@pytest.fixture(scope="module")
def changing() -> Iterator[Demo]:
    """A server whose accounts may get other passwords."""
    with start() as process:
        yield Demo(process)


def change(client: Client, current: str, new: str) -> tuple[int, object]:
    reply = client.request("PUT", PASSWORD, {"current_password": current, "new_password": new})
    return reply.status, reply.json


def test_the_new_password_signs_in_and_the_old_one_no_longer(changing: Demo) -> None:
    """After the change only the new password opens a session; changed back, the old one does again."""
    member = changing.login()
    assert change(member, changing.password, NEW) == (200, {"message": "Password changed successfully"})
    login = "/api/v1/auth/login"
    assert changing.visitor().post(login, changing.credentials(BASIC, NEW)).status == 200
    assert changing.visitor().post(login, changing.credentials(BASIC)).status == 401
    assert change(member, NEW, changing.password)[0] == 200
    assert changing.visitor().post(login, changing.credentials(BASIC)).status == 200


def test_a_change_needs_a_session(visitor: Client) -> None:
    """Who is not signed in changes nothing."""
    assert change(visitor, "any", NEW) == (401, {"error": "Authorization required"})


def test_a_change_needs_the_current_password(changing: Demo) -> None:
    """A session alone is not enough, and the password stays."""
    assert change(changing.login(), "not it", NEW) == (403, {"error": "Invalid credentials"})
    assert changing.login().get("/api/v1/auth/profile").status == 200


@pytest.mark.parametrize("new", ["eleven-long", ""])
def test_a_short_password_is_refused(changing: Demo, new: str) -> None:
    """A password has twelve characters at least."""
    status, body = change(changing.login(), changing.password, new)
    assert (status, str(body).count("new_password: must be")) == (400, 1)


def test_the_same_password_is_refused(changing: Demo) -> None:
    """What does not change is no change."""
    assert change(changing.login(), changing.password, changing.password)[0] == 400


def test_administration_is_closed_to_everybody(visitor: Client, member: Client) -> None:
    """Without a session 401, with one that is no administrator's 403."""
    assert (visitor.get(USERS).status, member.get(USERS).status) == (401, 403)


@pytest.mark.parametrize(("method", "path"), [("PUT", PASSWORD), ("GET", USERS)])
def test_both_are_only_planned(as_built: Demo, method: str, path: str) -> None:
    """As built there is neither."""
    assert as_built.login().request(method, path, {}).status == 404

"""Signing in and out over the API."""

from __future__ import annotations

import pytest

from tests.demo.client import BASIC, PREMIUM, Client, Demo

LOGIN = "/api/v1/auth/login"
PROFILE = "/api/v1/auth/profile"


def test_login_answers_the_user_and_tokens(demo: Demo) -> None:
    """The right password is answered with the user, both tokens and how long they last."""
    reply = demo.visitor().post(LOGIN, demo.credentials())
    assert reply.status == 200
    assert set(reply.json) == {"user", "access_token", "refresh_token", "expires_in"}
    assert (reply.json["user"]["email"], reply.json["user"]["role"]) == (BASIC, "basic")


def test_login_sets_cookies_that_scripts_cannot_read(demo: Demo) -> None:
    """Both cookies are HttpOnly and SameSite=Lax, and not Secure on plain HTTP."""
    cookies = demo.visitor().post(LOGIN, demo.credentials()).headers.get_all("Set-Cookie")
    assert [cookie.split("=")[0] for cookie in cookies] == ["auth_token", "refresh_token"]
    for cookie in map(str.lower, cookies):
        assert "; httponly" in cookie
        assert "; samesite=lax" in cookie
        assert "; secure" not in cookie
        assert "max-age" not in cookie


def test_login_over_https_sets_secure_cookies(demo: Demo) -> None:
    """Behind a proxy that speaks HTTPS the cookies are Secure."""
    reply = demo.visitor().post(LOGIN, demo.credentials(), X_Forwarded_Proto="https")
    assert all("; Secure" in cookie for cookie in reply.headers.get_all("Set-Cookie"))


def test_login_that_is_remembered_outlives_the_browser(demo: Demo) -> None:
    """With remember_me the cookies get an age."""
    reply = demo.visitor().post(LOGIN, demo.credentials() | {"remember_me": True})
    assert all("; Max-Age=" in cookie for cookie in reply.headers.get_all("Set-Cookie"))


def test_login_takes_the_user_name_too(demo: Demo) -> None:
    """The part before the @ works in place of the whole address."""
    assert demo.visitor().post(LOGIN, demo.credentials(BASIC.partition("@")[0])).status == 200


def test_wrong_password_is_refused_without_a_cookie(demo: Demo) -> None:
    """A wrong password is answered with 401, the agreed text, and nothing to keep."""
    reply = demo.visitor().post(LOGIN, demo.credentials(PREMIUM, "wrong"))
    assert (reply.status, reply.json) == (401, {"error": "Invalid credentials"})
    assert reply.headers.get_all("Set-Cookie") is None


@pytest.mark.parametrize(
    "body", [b"{", b"[]", {}, {"email_or_username": BASIC}, {"email_or_username": 1, "password": "x"}]
)
def test_malformed_login_is_a_bad_request(visitor: Client, body: object) -> None:
    """A body that is no login is answered with 400 and the reason."""
    reply = visitor.post(LOGIN, body)
    assert reply.status == 400
    assert reply.json["error"] == "Invalid request body"
    assert reply.json["details"]


def test_profile_needs_a_session(visitor: Client) -> None:
    """Without a token the profile asks for one."""
    reply = visitor.get(PROFILE)
    assert (reply.status, reply.json) == (401, {"error": "Authorization required"})


def test_profile_refuses_an_unknown_token(visitor: Client) -> None:
    """A token that nobody issued is no good."""
    reply = visitor.get(PROFILE, Authorization="Bearer made-up")
    assert (reply.status, reply.json) == (401, {"error": "Invalid or expired token"})


def test_profile_answers_the_user(member: Client) -> None:
    """With a session the profile is the user's."""
    reply = member.get(PROFILE)
    assert (reply.status, reply.json["email"]) == (200, BASIC)


def test_logout_revokes_the_session_on_the_server(member: Client) -> None:
    """After a logout the copied cookies of the session open nothing, and the browser has none."""
    copied = Client(member.base_url, dict(member.cookies))
    reply = member.post("/api/v1/auth/logout")
    assert (reply.status, reply.json) == (200, {"message": "Logged out successfully"})
    assert member.cookies == {}
    assert copied.get(PROFILE).status == 401
    assert copied.post("/api/v1/auth/refresh").status == 401


def test_logout_ends_only_its_own_session(demo: Demo) -> None:
    """Signing out in one browser leaves the other one signed in."""
    here, there = demo.login(), demo.login()
    here.post("/api/v1/auth/logout")
    assert there.get(PROFILE).status == 200


def test_logout_without_a_session_is_fine(visitor: Client) -> None:
    """Cleaning up twice is no error."""
    assert visitor.post("/api/v1/auth/logout").status == 200


def test_refresh_replaces_the_session(member: Client) -> None:
    """A refresh token is good for one new session and ends the old one."""
    old = Client(member.base_url, dict(member.cookies))
    assert member.post("/api/v1/auth/refresh").status == 200
    assert member.get(PROFILE).status == 200
    assert old.get(PROFILE).status == 401
    assert old.post("/api/v1/auth/refresh").status == 401

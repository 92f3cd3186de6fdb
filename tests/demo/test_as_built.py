"""Where the product differs from its plan today."""

from __future__ import annotations

import pytest

from tests.demo.client import PREMIUM, Demo


def test_health_is_a_word(as_built: Demo) -> None:
    """The front door answers in plain text."""
    reply = as_built.visitor().get("/health")
    assert (reply.text, reply.headers["Content-Type"]) == ("healthy", "text/plain; charset=utf-8")


def test_gateway_speaks_for_itself(as_built: Demo) -> None:
    """The API's health names no other service."""
    assert as_built.visitor().get("/api/v1/health").json == {"status": "healthy", "service": "api-gateway"}


def test_ready_answers(as_built: Demo) -> None:
    """Readiness has an endpoint of its own."""
    assert as_built.visitor().get("/api/v1/ready").status == 200


@pytest.mark.parametrize("path", ["/api/v1/status", "/api/v1/test", "/register", "/pricing?_rsc=1abc2"])
def test_some_things_do_not_exist_yet(as_built: Demo, path: str) -> None:
    """Planned endpoints and linked pages are 404."""
    assert as_built.visitor().get(path).status == 404


def test_premium_has_no_second_factor(as_built: Demo) -> None:
    """The password alone signs in, and there is nowhere to send a code to."""
    client = as_built.login(PREMIUM)
    assert client.get("/api/v1/auth/profile").json["role"] == "premium"
    assert as_built.visitor().post("/api/v1/auth/mfa", {"mfa_token": "x", "code": "1"}).status == 404


def test_banner_has_no_account_menu(as_built: Demo) -> None:
    """Signed in or out, the banner offers neither."""
    for client in (as_built.visitor(), as_built.login()):
        page = client.get("/").text
        assert "Log out" not in page
        assert ">Sign in<" not in page


def test_dashboard_bounces_members(as_built: Demo) -> None:
    """A hard load of the dashboard is no proof of a login; the history is."""
    member = as_built.login()
    assert member.get("/dashboard").headers["Location"] == "/login?redirect=/dashboard"
    assert member.get("/history").status == 200


def test_login_honours_one_name_only(as_built: Demo) -> None:
    """The page that redirects and the login do not agree on the name of the target."""
    visitor = as_built.visitor()
    assert 'data-target="/history"' in visitor.get("/login?from=/history").text
    assert 'data-target="/"' in visitor.get("/login?redirect=/history").text


def test_logout_is_on_the_test_page(as_built: Demo) -> None:
    """The only button that logs out is on a page for tests."""
    assert ">Logout</button>" in as_built.visitor().get("/test-login").text


def test_homepage_enhances_without_asking(as_built: Demo) -> None:
    """The workbench of the homepage is a mock, and the router fetches dead links ahead."""
    page = as_built.visitor().get("/").text
    assert 'data-mode="mock"' in page
    assert "as-built/prefetch.js" in page

"""Addresses of a target: where they are written, everybody can read them. Pure."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def check_open(name: str, url: str) -> None:
    """Raise ValueError if ``url`` holds a user or a password, without telling them."""
    try:
        has_user = "@" in urlsplit(url).netloc
    except ValueError:
        has_user = "@" in url
    if has_user:
        raise ValueError(
            f"{name} must not hold a user or password, which every report would show: "
            "declare an account, with `login: {basic: true}` where the server asks for HTTP Basic"
        )


def parts_of(url: str, *schemes: str) -> SplitResult | None:
    """Return the parts of ``url``; None where it is no address with a host and one of ``schemes``."""
    try:
        parts = urlsplit(url)
        return parts if parts.scheme in schemes and parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def is_here(url: str) -> bool:
    """Tell whether ``url`` leads to this machine, and from any other one to that (RFC 6761, 6.3)."""
    import ipaddress  # here, as every command loads this module

    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")

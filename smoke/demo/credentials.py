"""Secrets of one start of the application: made new each time, worthless when it ends."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor

from smoke.demo import passwords, totp

SALTS = 2


class Credentials:
    """The password of the smoke accounts and the key of the one that has a second factor.

    Password hashes are computed in the background, while the rest of the application is loading.
    """

    def __init__(self) -> None:
        self.password = secrets.token_urlsafe(18)
        self.totp_secret = totp.new_secret()
        pool = ThreadPoolExecutor(SALTS)
        self._hashes = [pool.submit(passwords.hash_password, self.password) for _ in range(SALTS)]
        pool.shutdown(wait=False)

    def password_hash(self) -> str:
        """A hash of the password; the first two have a salt of their own, later ones share it, so that nobody waits."""
        return (self._hashes.pop() if len(self._hashes) > 1 else self._hashes[0]).result()

    @property
    def environ(self) -> dict[str, str]:
        """The variables from which the harness takes them."""
        return {"SMOKE_TEST_PASSWORD": self.password, "SMOKE_TEST_TOTP_SECRET": self.totp_secret}

"""Makes passwords that password policies accept."""

from __future__ import annotations

import secrets
import string

from smoke.secrets.secret import Secret

LENGTH = 32
SYMBOLS = "-_.+=@:"
"""What neither a shell, a URL's path, .env nor YAML takes for something else within quotes."""
CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, SYMBOLS)


def new_password() -> Secret:
    """Return a new random password: 32 characters of every class, the first and the last of them letters."""
    while True:
        inner = "".join(secrets.choice("".join(CLASSES)) for _ in range(LENGTH - 2))
        text = secrets.choice(string.ascii_letters) + inner + secrets.choice(string.ascii_letters)
        if all(set(each) & set(text) for each in CLASSES):
            return Secret(text)

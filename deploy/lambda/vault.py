"""The secrets of a run, from AWS Secrets Manager: read at each invocation, and handed to its run alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from smoke.config.problems import ConfigError, Problem
from smoke.strict import check_variable

VARIABLE = "SMOKE_SECRETS_ARN"
AT_MOST_S = 5


class VaultError(Exception):
    """The secrets could not be read."""


def secrets_of(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables in the secret that SMOKE_SECRETS_ARN names, nothing where it names none.

    Raises VaultError where it cannot be read, and ConfigError where it is no JSON object of variables and texts.
    """
    if not (arn := environ.get(VARIABLE)):
        return {}
    secret = _fetched(arn)
    try:
        held = json.loads(secret)
    except ValueError:  # its text quotes no part of the secret, but its traceback may be shown with locals one day
        held = None
    if problems := tuple(_problems(held)):
        raise ConfigError(problems)
    return dict(held)


def _fetched(arn: str) -> str:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(connect_timeout=AT_MOST_S, read_timeout=AT_MOST_S, retries={"total_max_attempts": 2})
    try:
        return str(boto3.client("secretsmanager", config=config).get_secret_value(SecretId=arn).get("SecretString"))
    except (BotoCoreError, ClientError) as error:
        raise VaultError(f"{VARIABLE}: {error}") from None


def _problems(held: object) -> Iterator[Problem]:
    if not isinstance(held, dict):
        yield Problem(VARIABLE, 0, "", 'is no JSON object: write {"VARIABLE": "value", …}')
        return
    for name, value in held.items():
        try:
            check_variable(name)
        except ValueError as error:
            yield Problem(VARIABLE, 0, name, str(error))
        if not isinstance(value, str) or not value or "\0" in value:
            yield Problem(VARIABLE, 0, name, "is no text: quote it, or remove it")

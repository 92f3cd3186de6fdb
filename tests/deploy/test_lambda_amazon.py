"""What the function takes from Amazon, and leaves there: against moto's server."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from smoke.demo.breaks import Break
from smoke.demo.process import DemoProcess
from tests.deploy.conftest import needs_client
from tests.deploy.test_lambda_handler import PROBES, files_below
from tests.support.counterparts import FOLDER, needs_library, program, serving
from tests.support.lambda_api import Warm
from tests.support.loopback import free_port

pytestmark = [pytest.mark.long, needs_client, needs_library("boto3")]
BUCKET = "evidence"
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "s3cr3t-testing-key"}


@pytest.fixture(scope="module")
def amazon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of something like Amazon."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [program("services", "bin", "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with serving(command, f"{address}/moto-api/", tmp_path_factory.mktemp("moto")):
        client("s3", address).create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        yield address


def client(service: str, address: str) -> Any:
    """A client of our own."""
    import boto3

    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return boto3.client(service, region_name="eu-west-1", endpoint_url=address, **keys)


@pytest.fixture
def there(amazon: str) -> dict[str, str]:
    """The variables of a function that reaches it."""
    path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(FOLDER / "libraries"))))
    return {**KEYS, "AWS_ENDPOINT_URL": amazon, "PYTHONPATH": path}


def put_secret(address: str, text: str) -> str:
    """Store ``text`` as a secret; return what names it."""
    vault = client("secretsmanager", address)
    held = vault.create_secret(Name=f"smoke-{len(vault.list_secrets()['SecretList'])}", SecretString=text)
    return str(held["ARN"])


def test_evidence_is_copied(
    sandbox: Callable[..., Warm], there: dict[str, str], amazon: str, demo: DemoProcess
) -> None:
    """All that people read of a bad run is in the bucket, as what it is, below the run's own name."""
    demo.set_breaks([Break.SERVICE_DOWN])
    reply = sandbox(**there, SMOKE_REPORTS_BUCKET=BUCKET).invoke(PROBES)
    assert not reply.failed, reply.error
    folder = f"betterprompts/local/eu-west-1/{reply.body['run_id']}/"
    assert reply.body["reports"] == f"s3://{BUCKET}/{folder}"
    s3 = client("s3", amazon)
    kept = {each["Key"].removeprefix(folder) for each in s3.list_objects_v2(Bucket=BUCKET, Prefix=folder)["Contents"]}
    assert {"verdict.json", "metrics.jsonl", "failures/health.root/index.html"} <= kept
    assert not [name for name in kept if name.endswith((".db", ".lock", ".part"))]
    verdict = json.load(s3.get_object(Bucket=BUCKET, Key=f"{folder}verdict.json")["Body"])
    assert verdict["run_id"] == reply.body["run_id"]
    page = s3.get_object(Bucket=BUCKET, Key=f"{folder}failures/health.root/index.html")
    assert page["ContentType"] == "text/html"


def test_a_bucket_that_is_not_there_changes_no_verdict(sandbox: Callable[..., Warm], there: dict[str, str]) -> None:
    """It is told, and no more."""
    warm = sandbox(**there, SMOKE_REPORTS_BUCKET="nowhere")
    reply = warm.invoke(PROBES)
    assert (reply.body["verdict"], reply.body["reports"]) == ("PASS", None)
    assert "files are not in nowhere; verdict.json: NoSuchBucket" in warm.log, warm.log


def test_secrets_reach_one_run(
    sandbox: Callable[..., Warm], there: dict[str, str], amazon: str, demo: DemoProcess
) -> None:
    """A run has what the secret holds at its time; the next one has what it holds by then, and the disk has none."""
    secret = "v4ult-8h7g6f5d4s-kept"
    arn = put_secret(amazon, json.dumps({"SMOKE_WORKERS": secret}))
    warm = sandbox(**there, SMOKE_SECRETS_ARN=arn)
    refused = warm.invoke(PROBES)
    assert "SMOKE_WORKERS: is a whole number from 1; got '***'" in refused.error
    client("secretsmanager", amazon).put_secret_value(SecretId=arn, SecretString=json.dumps({"SMOKE_REGION": secret}))
    assert warm.invoke(PROBES).body["verdict"] == "PASS", "what the first run was handed is forgotten"
    assert secret not in warm.log + refused.error
    assert not [path for path in files_below(warm.temporary) if secret.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("p4ssw0rd-alone", "is no JSON object"),
        ('{"smoke": "p4ssw0rd-alone", "PORT": 5}', "2 problems"),
    ],
    ids=["text", "object"],
)
def test_a_secret_that_is_wrong(
    text: str, told: str, sandbox: Callable[..., Warm], there: dict[str, str], amazon: str
) -> None:
    """What is wrong with it is told without a word of it."""
    warm = sandbox(**there, SMOKE_SECRETS_ARN=put_secret(amazon, text))
    error = warm.invoke(PROBES).error
    assert error.startswith("ConfigurationError: SMOKE_SECRETS_ARN: ")
    assert told in error
    assert "p4ssw0rd" not in error + warm.log


def test_a_secret_that_cannot_be_read(sandbox: Callable[..., Warm], there: dict[str, str]) -> None:
    """Without it nothing is looked at, and nobody may take that for green."""
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gone"
    error = sandbox(**there, SMOKE_SECRETS_ARN=arn).invoke(PROBES).error
    assert error.startswith("InconclusiveError: SMOKE_SECRETS_ARN: An error occurred (ResourceNotFoundException)")

"""What is deployed: the template, the stacks, and the image."""

from __future__ import annotations

import fnmatch
import json
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from smoke.config.cron_schedule import slots
from smoke.running.after import LONGEST_AFTERMATH_S
from tests.deploy.conftest import DOCKERFILE, ROOT, copies
from tests.support.counterparts import program

FOLDER = ROOT / "deploy" / "lambda"
TEMPLATE = FOLDER / "template.yaml"
REGION = re.compile(r"[a-z]{2}-[a-z]+-\d")
A_DAY = (1767225600.0, 1767312000.0)
WRONG = [
    ("Timeout: 300", "Timeout: 901", "901 is greater than the maximum"),
    ("Effect: Allow", "Effect: Alow", "'Alow' is not one of"),
    ("MaximumRetryAttempts: 0 #", "MaximumRetryAttempts: 3 #", "3 is greater than"),
    ("Size: 1024", "Size: 100", "100 is less than"),
]
"""Each with what is told of it."""
SAM = """
import json, sys
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

class Policies:
    def load(self):
        return {"AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}

template = yaml_parse(sys.stdin.read())
template["Resources"]["Smoke"]["Properties"]["ImageUri"] = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/smoke:1"
json.dump(transform(template, {}, Policies()), sys.stdout)
"""


class Plain(yaml.SafeLoader):
    """Reads a template; of ``!Ref`` and its like, what follows."""


def _function(loader: Plain, _suffix: str, node: yaml.Node) -> object:
    return loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else f"!{node.value}"


Plain.add_multi_constructor("!", _function)


@cache
def template() -> Any:
    return yaml.load(TEMPLATE.read_text(), Plain)


def function() -> Any:
    return template()["Resources"]["Smoke"]["Properties"]


def schedule() -> Any:
    return function()["Events"]["Scheduled"]["Properties"]


def overrides(stack: Any) -> dict[str, str]:
    """Return the parameters of a stack, those that are not said included."""
    said = dict(each.split("=", 1) for each in stack["deploy"]["parameters"]["parameter_overrides"])
    defaults = {name: each["Default"] for name, each in template()["Parameters"].items() if "Default" in each}
    return defaults | {name: value.strip("'") for name, value in said.items()}


def cron(expression: str) -> str:
    """Return the five fields of an expression of EventBridge in UTC."""
    found = re.fullmatch(r"cron\((\S+ \S+ \S+ \S+ \S+) \*\)", expression)
    assert found, expression
    minute, *others = found[1].replace("?", "*").split()
    start, _, step = minute.partition("/")
    return " ".join([f"{start}-59/{step}" if step else start, *others])


@cache
def stacks() -> dict[str, Any]:
    listed = tomllib.loads((FOLDER / "samconfig.toml").read_text())
    return {name: each for name, each in listed.items() if name != "version"}


def translated(text: str) -> Any:
    """Return what SAM makes of a template."""
    command = [program("services", "bin", "python"), "-c", SAM]
    environ = {"AWS_DEFAULT_REGION": "eu-west-1"}
    done = subprocess.run(command, input=text, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def complaints(file: Path) -> str:
    """Return what CloudFormation's schemas, which cfn-lint brings, say of ``file``."""
    command = [program("services", "bin", "cfn-lint"), "--include-checks", "I", "--template", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.long
def test_a_schema_knows_every_line() -> None:
    """As it is written, for SAM."""
    assert complaints(TEMPLATE) == ""


@pytest.mark.long
def test_a_schema_knows_what_sam_makes_of_it(tmp_path: Path) -> None:
    """As it is deployed; and it tells what is not allowed there."""
    text = TEMPLATE.read_text()
    (plain := tmp_path / "plain.json").write_text(json.dumps(translated(text)))
    assert complaints(plain) == ""
    for right, wrong, _ in WRONG:
        assert right in text
        text = text.replace(right, wrong)
    plain.write_text(json.dumps(translated(text)))
    found = complaints(plain)
    assert [told for *_, told in WRONG if told not in found] == [], found


@pytest.mark.long
def test_two_stacks_fit_into_one_region() -> None:
    """Nothing has a name that SAM or somebody made up for all."""
    resources = translated(TEMPLATE.read_text())["Resources"].values()
    names = ("Name", "FunctionName", "RoleName", "BucketName", "QueueName", "LogGroupName", "AlarmName")
    named = [
        (each["Type"], each["Properties"][name]) for each in resources for name in names if name in each["Properties"]
    ]
    assert named == [("AWS::Lambda::EventInvokeConfig", {"Ref": "Smoke"})]


def test_nothing_is_retried_and_nothing_overlaps() -> None:
    """A run again is a decision of the schedule, not of a queue; what was not judged is kept."""
    invoked = function()["EventInvokeConfig"]
    assert function()["ReservedConcurrentExecutions"] == 1
    assert (invoked["MaximumRetryAttempts"], schedule()["RetryPolicy"]["MaximumRetryAttempts"]) == (0, 0)
    assert invoked["MaximumEventAgeInSeconds"] == schedule()["RetryPolicy"]["MaximumEventAgeInSeconds"] == 60
    assert invoked["DestinationConfig"]["OnFailure"]["Destination"] == "!Unjudged.Arn"
    assert schedule()["DeadLetterConfig"]["Arn"] == "!Unjudged.Arn"


def test_a_run_fits_into_the_time_of_the_function(handler: Any) -> None:
    """Also one that needs all the time of its point, and then tells everybody."""
    points = yaml.safe_load((ROOT / "config" / "execution-points.yaml").read_text())["points"]
    used = {overrides(stack)["Point"] for stack in stacks().values()}
    longest = max(points[point]["timeout_s"] for point in used) + LONGEST_AFTERMATH_S + handler.CONCLUDE_S
    assert longest <= function()["Timeout"] <= 900
    assert handler.CONCLUDE_S > handler.COPY_S > handler.ANSWER_S


def test_the_event_of_the_schedule_is_understood(order: Any) -> None:
    """With and without checks, and as each stack has it."""
    for said in ({}, {"Checks": '["uptime", "health.root"]'}):
        for stack in stacks().values():
            values = overrides(stack) | said
            event = re.sub(r"\$\{(\w+)\}", lambda found, held=values: held[found[1]], schedule()["Input"].strip("!\n"))
            understood = order.order_of(json.loads(event))
            assert understood.suite == values["Suite"]
            assert understood.checks == tuple(json.loads(values["Checks"]))


def test_parameters_match_their_patterns() -> None:
    """Those of each stack, and what would break out of the event does not."""
    parameters = template()["Parameters"]
    for stack in stacks().values():
        for name, value in overrides(stack).items():
            assert re.fullmatch(parameters[name]["AllowedPattern"], value), (name, value)
    for name, value in (("Suite", 'x", "y": "'), ("Checks", '["a"], "b": 1'), ("Schedule", "cron(0 * * * ? *)")):
        assert not re.fullmatch(parameters[name]["AllowedPattern"], value), (name, value)


def test_what_is_scheduled_there_is_scheduled() -> None:
    """Each suite and region of cron-schedule.yaml that is Amazon's has a stack, as often, and off the full hour."""
    scheduled = yaml.safe_load((ROOT / "config" / "cron-schedule.yaml").read_text())["schedules"]
    wanted = {
        (region, each["suite"], each["environment"], each.get("point", "scheduled")): len(
            slots(each["cron"], "UTC", *A_DAY)
        )
        for each in scheduled
        for region in each.get("regions", ())
        if REGION.fullmatch(region)
    }
    assert wanted
    deployed, starts = {}, []
    for stack in stacks().values():
        said = overrides(stack)
        key = (stack["deploy"]["parameters"]["region"], said["Suite"], said["Environment"], said["Point"])
        at = slots(cron(said["Schedule"]), "UTC", *A_DAY)
        deployed[key] = len(at)
        starts += at
    assert deployed == wanted
    assert all(start % 3600 for start in starts)
    assert len(set(starts)) == len(starts), "regions start apart"


def test_no_secret_stands_in_what_is_deployed() -> None:
    """Variables name where secrets are; no value stands there, nor a reference that would be resolved into one."""
    assert function()["Environment"]["Variables"] == {
        "SMOKE_SECRETS_ARN": "!SecretsArn",
        "SMOKE_REPORTS_BUCKET": "!Reports",
    }
    text = "".join(path.read_text() for path in (TEMPLATE, DOCKERFILE, FOLDER / "samconfig.toml"))
    assert "resolve:" not in text
    assert not re.search(r"(?i)(password|token|api_key)\b\s*[=:]", text)


def test_it_may_do_what_it_does_and_no_more() -> None:
    (policy,) = function()["Policies"]
    granted = [(each["Effect"], each["Action"], each["Resource"]) for each in policy["Statement"]]
    assert granted == [
        ("Allow", "secretsmanager:GetSecretValue", "!SecretsArn"),
        ("Allow", "s3:PutObject", "!${Reports.Arn}/*"),
    ]


def test_the_image_is_made_of_what_there_is() -> None:
    """Every source is there, is let through to the builder, and no more than these."""
    rules = (FOLDER / "Dockerfile.dockerignore").read_text().split()
    sources = [source.rstrip("/") for source, _ in copies()]
    assert {"config", "e2e", "page_objects", "smoke", "deploy/lambda/*.py"} <= set(sources)
    assert [source for source in sources if not list(ROOT.glob(source))] == []
    assert {rule[1:] for rule in rules if rule.startswith("!")} == set(sources)
    assert not any(fnmatch.fnmatch(".env", rule[1:]) for rule in rules if rule.startswith("!"))
    assert rules[0] == "*"

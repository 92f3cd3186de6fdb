"""The manifests: what a schema of Kubernetes cannot know, or does not look at."""

from __future__ import annotations

import re
import subprocess
from itertools import chain
from pathlib import Path

import pytest
import yaml

from smoke import __version__
from smoke.config.cron_schedule import Schedule, check_cron, check_zone
from smoke.options import OPTIONS, PART_OPTIONS
from smoke.planning.sharding import shares
from smoke.running.planning import plan_of
from smoke.settings import resolve
from tests.support.deploy_tools import tool
from tests.support.kubernetes import FOLDER, OVERLAYS, Manifests, built, leaves
from tests.test_docs import wrong

ROOT = Path(__file__).parents[2]
CHOICES = {
    "accessModes": {"ReadWriteOnce", "ReadWriteMany"},
    "completionMode": {"NonIndexed", "Indexed"},
    "concurrencyPolicy": {"Allow", "Forbid", "Replace"},
    "fsGroupChangePolicy": {"Always", "OnRootMismatch"},
    "imagePullPolicy": {"Always", "IfNotPresent", "Never"},
    "medium": {"Memory"},
    "policyTypes": {"Ingress", "Egress"},
    "protocol": {"TCP", "UDP"},
    "restartPolicy": {"Never", "OnFailure"},
    "terminationMessagePolicy": {"File", "FallbackToLogsOnError"},
}
"""What a schema calls any text."""
AMOUNTS = {"cpu", "memory", "ephemeral-storage", "storage", "sizeLimit"}
AMOUNT = re.compile(r"\d+(m|[KMGT]i)?")
OPTION_VARIABLES = {option.variable for option in OPTIONS + PART_OPTIONS}


@pytest.fixture(params=OVERLAYS)
def manifests(request: pytest.FixtureRequest) -> Manifests:
    return built(request.param)


def point_of(made: Manifests) -> str:
    """The execution point that a pod looks at."""
    return str(made.container["args"][-1])


def timeout_s(made: Manifests) -> float:
    points = yaml.safe_load((ROOT / "config/execution-points.yaml").read_text())["points"]
    return float(points[point_of(made)]["timeout_s"])


def suites_of(made: Manifests) -> list[str]:
    """What its pods look at: a suite that is named, or those of a list."""
    return made.scripts["suites.txt"].split() if "suites.txt" in made.scripts else [made.environ["SMOKE_SUITE"]]


def test_the_schemas_of_kubernetes_hold(manifests: Manifests, tmp_path: Path) -> None:
    """Of a recent version, and strictly: no key that it does not know."""
    file = tmp_path / "all.yaml"
    file.write_text(manifests.text)
    done = subprocess.run(
        [tool("kubernetes-validate"), "--strict", "--quiet", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_words_and_amounts_are_those_of_kubernetes(manifests: Manifests) -> None:
    """The schemas take any text for them, and the cluster refuses it, or worse, does not."""
    told = []
    for path, value in chain.from_iterable(map(leaves, manifests.objects)):
        if path[-1] in CHOICES and value not in CHOICES[path[-1]]:
            told.append((path, value))
        if path[-1] in AMOUNTS and not AMOUNT.fullmatch(str(value)):
            told.append((path, value))
    assert told == []
    check_cron(manifests.cron_job["schedule"])
    check_zone(manifests.cron_job["timeZone"])


def test_a_run_is_never_doubled(manifests: Manifests) -> None:
    """Not by the schedule, not by a pod that ended badly, not by a start long after its time."""
    job = manifests.job
    assert manifests.cron_job["concurrencyPolicy"] == "Forbid"
    assert 10 < manifests.cron_job["startingDeadlineSeconds"] <= 300
    assert manifests.pod["restartPolicy"] == "Never"
    limit = "backoffLimitPerIndex" if job.get("completionMode") == "Indexed" else "backoffLimit"
    assert [(key, value) for key, value in job.items() if key.startswith("backoffLimit")] == [(limit, 0)]


def test_a_run_ends_by_itself_before_kubernetes_ends_it(manifests: Manifests) -> None:
    """The time-out of the point leaves a verdict; a deadline leaves none."""
    assert manifests.job["activeDeadlineSeconds"] >= timeout_s(manifests) + manifests.wait_s + 60
    assert manifests.job["ttlSecondsAfterFinished"] > 0


def test_a_pod_may_do_nothing_but_its_work(manifests: Manifests) -> None:
    """The restricted Pod Security Standard, and no key to the cluster."""
    pod, own = manifests.pod, manifests.container["securityContext"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert own == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"memory"} <= set(manifests.container["resources"]["limits"])
    assert {"cpu", "memory"} <= set(manifests.container["resources"]["requests"])
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)


def test_a_pod_is_whom_the_image_knows_and_writes_where_it_may(manifests: Manifests) -> None:
    """Its user is the image's; what the image writes to is mounted; and each mount is of a volume."""
    image = (ROOT / "deploy/container/Dockerfile").read_text()
    context = manifests.pod["securityContext"]
    assert f"USER {context['runAsUser']}:{context['runAsGroup']}\n" in image
    assert context["fsGroup"] == context["runAsGroup"]
    mounts = {each["mountPath"]: each["name"] for each in manifests.container["volumeMounts"]}
    assert {"/tmp", "/dev/shm", "/reports", "/state"} <= set(mounts)
    assert set(mounts.values()) == {each["name"] for each in manifests.pod["volumes"]}


def test_the_image_is_one_version(manifests: Manifests) -> None:
    """The one that this project is at; never whatever is newest."""
    assert manifests.container["image"].rpartition(":")[2] == __version__


def test_whatever_is_named_is_there(manifests: Manifests) -> None:
    """Claims and files by the names that kustomize gave them, in one namespace; pods by their labels."""
    there = {(each["kind"], each["metadata"]["name"]) for each in manifests.objects}
    assert {each["metadata"]["namespace"] for each in manifests.objects} == {"smoke"}
    for volume in manifests.pod["volumes"]:
        if claim := volume.get("persistentVolumeClaim"):
            assert ("PersistentVolumeClaim", claim["claimName"]) in there
        if files := volume.get("configMap"):
            assert ("ConfigMap", files["name"]) in there
    (policy,) = (each["spec"] for each in manifests.objects if each["kind"] == "NetworkPolicy")
    assert policy["podSelector"]["matchLabels"].items() <= manifests.job["template"]["metadata"]["labels"].items()


def test_every_variable_is_one_that_somebody_reads(manifests: Manifests) -> None:
    """The program, its settings, or a script of the pod; and what is secret stands in no manifest."""
    example = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    scripted = set(re.findall(r"\$\{?([A-Z_]+)", "".join(manifests.scripts.values())))
    named = {each["name"] for each in manifests.container["env"]}
    assert named <= OPTION_VARIABLES | example | scripted
    assert set(manifests.environ) <= OPTION_VARIABLES | scripted
    handed = {each["name"] for each in manifests.container["env"] if "fieldRef" in each.get("valueFrom", {})}
    assert scripted <= named | handed | {"JOB_COMPLETION_INDEX", "SMOKE_REPORTS", "SUITES"}


def test_every_secret_is_told_of(manifests: Manifests) -> None:
    """The page says by which keys; without the history a run would not know of others that use its accounts."""
    page = (FOLDER / "README.md").read_text()
    refs = [each["valueFrom"]["secretKeyRef"] for each in manifests.container["env"] if "valueFrom" in each
            and "secretKeyRef" in each["valueFrom"]]  # fmt: skip
    assert {ref["name"] for ref in refs} == {"smoke"}
    assert [ref["key"] for ref in refs if ref["key"] not in page] == []
    assert [ref["key"] for ref in refs if not ref.get("optional")] == ["SMOKE_HISTORY_URL"]


def test_every_command_is_one_of_the_program(manifests: Manifests) -> None:
    """In scripts too."""
    typed = re.findall(r"^(?:exec )?smoke (.*)$", "\n".join(manifests.scripts.values()).replace("    ", ""), re.M)
    if not typed:
        assert manifests.container["args"][0] == "run"
    assert [wrong(each) for each in typed if wrong(each)] == []


Scheduled = tuple[str, str, str, str, float]
"""Suite, region, checks that it is narrowed down to, execution point, and the seconds between two runs."""


def expected() -> set[Scheduled]:
    """What cron-schedule.yaml says."""
    file = yaml.safe_load((ROOT / "config/cron-schedule.yaml").read_text())
    each = [Schedule(**{name: tuple(said) if isinstance(said, list) else said for name, said in entry.items()})
            for entry in file["schedules"]]  # fmt: skip
    return {
        (one.suite, region, ",".join(one.checks), one.point, one.interval) for one in each for region in one.regions
    }


def scheduled(overlay: str) -> list[Scheduled]:
    """What an overlay runs."""
    made = built(overlay)
    cron = Schedule(suite="any", environment="any", cron=made.cron_job["schedule"])
    about = (made.environ.get("SMOKE_REGION", "local"), made.environ.get("SMOKE_CHECK", ""))
    return [(suite, *about, point_of(made), cron.interval) for suite in suites_of(made)]


def test_what_is_scheduled_is_what_the_rules_expect() -> None:
    """cron-schedule.yaml says to alerts, status page and doctor what comes how often, from where; each once."""
    found = [each for overlay in OVERLAYS if overlay != "shards" for each in scheduled(overlay)]
    assert sorted(found) == sorted(expected())


def test_a_suite_that_is_cut_into_shards_is_scheduled_as_it_was() -> None:
    """It takes the place of one in the list."""
    assert set(scheduled("shards")) <= set(scheduled("suites"))


def test_a_suite_has_the_secrets_of_its_accounts(manifests: Manifests) -> None:
    """Those that its suite.yaml names."""
    named = {each["name"] for each in manifests.container["env"]}
    for suite in suites_of(manifests):
        text = (ROOT / "config" / "suites" / suite / "suite.yaml").read_text()
        assert set(re.findall(r"^ +(?:password|totp): ([A-Z_]+)$", text, re.MULTILINE)) <= named


def test_the_full_hour_is_left_to_others(manifests: Manifests) -> None:
    """What does not run every minute begins at one of its own."""
    minutes = manifests.cron_job["schedule"].split()[0]
    assert minutes == "*" or not {"0", "00", "30"} & set(minutes.split(","))


def test_a_region_is_where_its_nodes_are() -> None:
    """A pod that says it looks from there can run nowhere else."""
    for made in map(built, OVERLAYS):
        selected = made.pod.get("nodeSelector", {}).get("topology.kubernetes.io/region")
        assert made.environ.get("SMOKE_REGION") == selected


def test_there_are_as_many_pods_as_parts() -> None:
    """All at once, and one to join them; and the suite can be cut into so many."""
    made = built("shards")
    count = int(made.environ["SHARDS"])
    assert made.job["completions"] == made.job["parallelism"] == count + 1
    assert made.wait_s > timeout_s(made)
    settings = resolve({"suite": made.environ["SMOKE_SUITE"]}, point=point_of(made), root=ROOT, environ={})
    planned = plan_of(settings)
    assert len(shares(planned.checks, {}, {}, count)) == count


def test_there_are_as_many_pods_as_suites() -> None:
    """Each line is a suite of this project, and has its index."""
    made = built("suites")
    assert made.job["completions"] == made.job["parallelism"] == len(made.scripts["suites.txt"].splitlines())
    assert [name for name in suites_of(made) if not (ROOT / "config" / "suites" / name).is_dir()] == []


@pytest.mark.parametrize("overlay", ["shards", "suites"])
def test_pods_on_many_nodes_share_one_volume(overlay: str) -> None:
    (claim,) = (each for each in built(overlay).objects if each["kind"] == "PersistentVolumeClaim")
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]

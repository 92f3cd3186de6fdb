"""The Prometheus sink against Debian's Prometheus, Pushgateway and promtool."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug import Response

from smoke.model import Outcome
from smoke.sinks.delivery import Delivery
from tests.support.counterparts import get_json, needs_library, program, serving
from tests.support.deliveries import a_bulletin, an_outlet, give
from tests.support.loopback import free_port
from tests.support.run_builder import a_typical_run

pytestmark = needs_library("prometheus_client")
DEBIAN = ("usr", "bin")
GATEWAY = an_outlet("prometheus", pushgateway="SMOKE_PUSHGATEWAY_URL")
UP = 'smoke_test_success{suite="shop",env="production"}'


def push(url: str, **changes: Any) -> Delivery:
    return give([GATEWAY], a_bulletin(a_typical_run(**changes)), environ={"SMOKE_PUSHGATEWAY_URL": url})[0]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The Pushgateway's address."""
    port = free_port()
    command = [program(*DEBIAN, "prometheus-pushgateway"), f"--web.listen-address=127.0.0.1:{port}"]
    with serving(command, f"http://127.0.0.1:{port}/-/ready", tmp_path_factory.mktemp("gateway")):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def prometheus(gateway: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prometheus that looks at the Pushgateway five times a second."""
    folder, port = tmp_path_factory.mktemp("prometheus"), free_port()
    target = gateway.removeprefix("http://")
    (folder / "prometheus.yml").write_text(
        "global: {scrape_interval: 200ms, scrape_timeout: 200ms}\n"
        f"scrape_configs: [{{job_name: gateway, honor_labels: true, static_configs: [{{targets: ['{target}']}}]}}]\n"
    )
    command = [program(*DEBIAN, "prometheus"), f"--web.listen-address=127.0.0.1:{port}"]
    command += [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    with serving(command, f"http://127.0.0.1:{port}/-/ready", folder):
        yield f"http://127.0.0.1:{port}"


def asked(prometheus: str, query: str, wanted: Any) -> list[Any]:
    """Ask until ``wanted`` likes the answer, or a while has passed; return the last answer."""
    pause, found = threading.Event(), []
    for _ in range(300):
        found = get_json(f"{prometheus}/api/v1/query?query={quote(query)}")["data"]["result"]
        if wanted(found):
            return found
        pause.wait(0.1)
    return found


def test_prometheus_finds_what_was_pushed(gateway, prometheus):
    """From a run through the gateway into a query: in seconds, with every tag as a label."""
    assert push(gateway).ok
    query = 'smoke_test_api_response_seconds{check="health.api"}'
    (found,) = asked(prometheus, query, len)
    assert float(found["value"][1]) == 0.042
    labels = {key: found["metric"][key] for key in ("suite", "env", "region", "execution_point", "category", "job")}
    assert labels == {
        "suite": "shop", "env": "production", "region": "eu-west-1", "execution_point": "scheduled",
        "category": "api-health", "job": "smoke",
    }  # fmt: skip


def test_a_heartbeat_is_a_time(gateway, prometheus):
    """A count of one, pushed again and again, never rises: what rises is when the last run ended."""
    run = a_typical_run()
    push(gateway)
    (found,) = asked(prometheus, "smoke_test_heartbeat_timestamp_seconds", len)
    assert float(found["value"][1]) == int(run.finished)


def test_what_could_not_be_judged_leaves_no_old_success_behind(gateway, prometheus):
    """After an INCONCLUSIVE run the last success is gone: it is not today's."""
    push(gateway, verdict=Outcome.PASS)
    assert asked(prometheus, UP, len)
    push(gateway, verdict=Outcome.INCONCLUSIVE)
    assert asked(prometheus, UP, lambda found: not found) == []


def test_promtool_has_nothing_to_say_against_names_and_units(tmp_path):
    """Base units, suffixes and help as Prometheus wants them."""
    give([an_outlet("prometheus", textfile=str(tmp_path))])
    (file,) = tmp_path.iterdir()
    checked = subprocess.run(
        [program(*DEBIAN, "promtool"), "check", "metrics"],
        input=file.read_text(),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_a_text_file_is_replaced_whole(tmp_path):
    """One file for each place, no draft left, the latest run in it."""
    outlet = an_outlet("prometheus", textfile=str(tmp_path))
    for finished in (100.0, 200.0):
        (delivery,) = give([outlet], a_bulletin(a_typical_run(started=90.0, finished=finished)))
        assert delivery.ok
    (file,) = tmp_path.iterdir()
    assert file.name == "smoke_production_scheduled_eu-west-1_shop.prom"
    (line,) = [each for each in file.read_text().splitlines() if each.startswith("smoke_test_heartbeat_t")]
    assert float(line.split()[-1]) == 200


def test_a_folder_that_is_not_there_is_told(tmp_path):
    """The file name and the setting are in the message."""
    (delivery,) = give([an_outlet("prometheus", textfile=str(tmp_path / "gone"))])
    assert "textfile must name a folder" in delivery.detail


def test_user_and_password_of_the_address_are_sent_and_not_told(httpserver):
    """Basic authentication, and a refusal without the password."""
    httpserver.expect_request(
        "/metrics/job/smoke/env/production/execution_point/scheduled/region/eu-west-1/suite/shop", method="PUT"
    ).respond_with_response(Response("who?", 401))
    delivery = push(httpserver.url_for("").replace("http://", "http://smoke:hunter%2F22@"))
    assert httpserver.log[0][0].authorization.password == "hunter/22"
    assert delivery.detail == "the Pushgateway refused the key (401): look at SMOKE_PUSHGATEWAY_URL."


def test_a_dead_gateway_is_told():
    """Nobody listening is a failed delivery."""
    assert "the Pushgateway could not be reached" in push(f"http://127.0.0.1:{free_port()}").detail


def test_the_text_file_is_written_even_if_the_gateway_is_down(tmp_path):
    """What is on this machine does not depend on what is elsewhere."""
    outlet = an_outlet("prometheus", textfile=str(tmp_path), pushgateway="SMOKE_PUSHGATEWAY_URL")
    (delivery,) = give([outlet], environ={"SMOKE_PUSHGATEWAY_URL": f"http://127.0.0.1:{free_port()}"})
    assert not delivery.ok
    assert [path.suffix for path in Path(tmp_path).iterdir()] == [".prom"]

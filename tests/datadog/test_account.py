"""The account that stands for Datadog answers what Datadog itself once answered."""

from __future__ import annotations

import pytest

from tests.support.datadog_account import DatadogAccount
from tests.support.datadog_server import replay
from tests.support.datadog_spec import recorded

pytestmark = pytest.mark.long


@pytest.mark.parametrize(
    "name",
    [
        "create_a_monitor_returns_bad_request_response",
        "validate_a_monitor_returns_invalid_json_response",
        "create_a_new_dashboard_with_query_value_widget",
        "create_a_new_dashboard_with_invalid_team_tags_returns_bad_request_response",
        "create_an_api_test_returns_ok_returns_the_created_test_details_response",
    ],
)
def test_it_answers_as_datadog_did(account: DatadogAccount, name: str) -> None:
    """What the client's authors sent is answered with the status that Datadog gave."""
    exchange = recorded("v1", name)[0]
    assert replay(account.intake.url, exchange) == exchange.status

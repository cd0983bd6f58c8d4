"""What a freed resource takes away of a request's time."""

from __future__ import annotations

from typing import get_args

import pytest

from advisor.advice.rules._bounds import Resource, share_of_time
from tests.support.profiles import decoder, encoder
from tests.support.scenarios import facts, scenario


@pytest.mark.parametrize("resource", get_args(Resource))
@pytest.mark.parametrize("workload", ["fine-tuning", "chat-serving"])
@pytest.mark.parametrize("layers", [2, 80])
def test_a_free_resource_never_takes_longer(resource: Resource, workload: str, layers: int) -> None:
    given = scenario(decoder(layers=layers), "h100-sxm", workload)
    assert 0 <= share_of_time(facts(given), resource) < 1


def test_an_encoder_waits_for_what_its_rows_need() -> None:
    given = facts(scenario(encoder(), "h100-sxm", "batch-scoring"))
    assert 0 < share_of_time(given, "arithmetic") + share_of_time(given, "bandwidth") < 2

"""A matter to remind of, and who answers for its kind."""

import pytest

from config.milestones import seed
from config.milestones.registry import HANDLERS, Handler
from tests.factories.milestones import KIND, LADDER


@pytest.fixture
def decide():
    """`decide(function)` makes `function` the handler of the test's kind."""

    def register(function):
        HANDLERS[KIND] = Handler(function, "测试事项", {"handler": "承办人", "leader": "负责人"})

    yield register
    HANDLERS.pop(KIND, None)


@pytest.fixture
def subject(cast):
    seed.load(KIND, LADDER)
    return cast.unit

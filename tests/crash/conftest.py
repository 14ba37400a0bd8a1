"""The experiments that were asked for, done by two processes side by side from the first one on."""

import os
from collections.abc import Iterator

import pytest

from tests.conftest import ADDRESS, MISSING
from tests.crash.experiment import Job
from tests.crash.team import Team, team as working
from tests.crash.worker import PAST
from tests.dovecot import required


@pytest.fixture(scope="session")
def team(request: pytest.FixtureRequest) -> Iterator[Team]:
    required()
    jobs = [
        item.callspec.params["job"]
        for item in request.session.items
        if hasattr(item, "callspec") and "job" in item.callspec.params
    ]
    with working(os.environ.get(ADDRESS, "")) as together:
        pasts = [Job(PAST, kind) for kind in kinds()]
        together.begin(pasts)
        assert [together.of(job).wrong for job in pasts] == [[] for _ in pasts]
        together.begin(job for job in jobs if job.kind in kinds())
        yield together


@pytest.fixture
def needed(job: Job) -> None:
    if job.kind not in kinds():
        pytest.skip(MISSING)


def kinds() -> list[str]:
    """Of databases; in CI both are there."""
    if os.environ.get("CI") == "true" and ADDRESS not in os.environ:
        pytest.fail(MISSING)
    return ["sqlite", "postgresql"] if os.environ.get(ADDRESS) else ["sqlite"]

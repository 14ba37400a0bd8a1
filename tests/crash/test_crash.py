"""A process may die, and a call may fail, at any moment: after a restart everything is as if nothing had happened.

Each experiment works on a real Dovecot, a real database and an SMTP server of its own process. The story's batch is
read by `mailbot run --once` (some points: by `mailbot run`), which is killed with SIGKILL, or meets an error, at one
point of tests/crash/points.py. Then it is run again, and the promises are checked (invariants 1 to 3, hazards 48 to
51, 57): see tests/crash/promises.py and tests/crash/experiment.py.
"""

import pytest

from tests.crash import arm
from tests.crash.experiment import FAIL, KILL, Job
from tests.crash.points import BY_NAME, POINTS
from tests.crash.team import Team
from tests.crash.worker import REACHED

#: on SQLite each point, on PostgreSQL every fourth
JOBS = [
    Job(what, kind, point.name)
    for kind, points in (("sqlite", POINTS), ("postgresql", POINTS[::4]))
    for point in points
    for what in (KILL, FAIL)
]


def by_name(job: Job) -> str:
    return f"{job.kind}: {job.what} at «{job.point}»"


def test_at_least_sixty_points_are_named_each_after_a_function_that_is_there() -> None:
    assert len(POINTS) == len(BY_NAME) >= 60
    for point in POINTS:
        arm.find(point.where)
        assert not point.earlier or point.earlier in BY_NAME


@pytest.mark.parametrize(
    "job", [Job(REACHED, "sqlite"), Job(REACHED, "postgresql")], ids=lambda job: job.kind
)
@pytest.mark.usefixtures("needed")
def test_the_batch_meets_every_point(team: Team, job: Job) -> None:
    """Otherwise the table would promise more than is tried."""
    found = team.of(job)
    assert found.wrong == []
    assert [point.name for point in POINTS if point.name not in found.said] == []


@pytest.mark.parametrize("job", JOBS, ids=by_name)
@pytest.mark.usefixtures("needed")
def test_nothing_is_lost_and_nothing_doubled(team: Team, job: Job) -> None:
    found = team.of(job)
    assert "\n".join(found.wrong) == ""
    assert found.fired, "the point was not reached"

"""A process without threads that performs experiments, one after the other: a job a line in, a finding a line out."""

import json
import sys
import traceback
from dataclasses import asdict

from tests.crash import process
from tests.crash.experiment import FAIL, KILL, Found, Job, make_past, perform, reached
from tests.crash.world import Servers, World

REACHED, PAST = "reached", "past"


def main(servers: Servers) -> None:
    process.prepare()
    process.forget_fsync()
    pasts: dict[str, World] = {}
    for line in sys.stdin:
        job = Job(**json.loads(line))
        try:
            if job.kind not in pasts:
                pasts[job.kind] = World(servers, job.kind, f"past-{job.kind}")
            found = _do(job, pasts[job.kind])
        except Exception:
            found = Found([traceback.format_exc()])
        print(json.dumps(asdict(found)), flush=True)  # noqa: T201


def _do(job: Job, past: World) -> Found:
    if job.what == PAST:
        return make_past(past)
    if job.what == REACHED:
        return Found([], said=reached(past))
    assert job.what in (KILL, FAIL)
    return perform(job, past)


if __name__ == "__main__":
    main(Servers(**json.loads(sys.argv[1])))

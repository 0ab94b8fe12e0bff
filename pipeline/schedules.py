"""When the night runs.

Belongs here: the nightly schedule. Does not: what it runs (definitions.py).
Concept: the schedule is on in code, so that a new installation needs no click.
"""

import dagster as dg

from pipeline.assets.common import NIGHTLY, NIGHTLY_JOB, TIME_ZONE
from pipeline.settings import BERLIN


@dg.schedule(
    job_name=NIGHTLY_JOB,
    name="nightly",
    cron_schedule=NIGHTLY,
    execution_timezone=TIME_ZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every night at 02:15 Europe/Berlin: fetch, parse, build, check, publish.",
)
def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """The run of a tick's day."""
    day = context.scheduled_execution_time.astimezone(BERLIN).date().isoformat()
    return dg.RunRequest(run_key=day, partition_key=day)

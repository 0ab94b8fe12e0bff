"""What looks after the nights from outside them.

Belongs here: the sensor that calls a person. Does not: the judgements (health.py), the sending (alerts.py).
Concept: a run that fails says so itself; that a night did not happen, or that a source grows old, no run can say.
"""

from __future__ import annotations

from collections.abc import Callable

import dagster as dg
import orjson

from pipeline.alerts import alert
from pipeline.settings import Settings

EVERY_S = 3600
TOLD_BY_RUNS = ("run_failed", "publish_refused")


def health_sensor(settings: Callable[[], Settings]) -> dg.SensorDefinition:
    """A sensor that tells each thing that is not well once, and again only after it was well in between."""

    @dg.sensor(
        name="health",
        minimum_interval_seconds=EVERY_S,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Every hour: did the night happen, are the sources fresh, is there room on the disk? What is not "
        "well goes to the alert command or webhook, once; docs/runbook.md says what to do.",
    )
    def health(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        from pipeline.health import problems  # it asks the runs, which know this code location

        told = set(orjson.loads(context.cursor or "[]"))
        found = {
            f"{problem.kind} {problem.message.partition(':')[0] if problem.kind == 'source_stale' else ''}": problem
            for problem in problems(settings())
            if problem.kind not in TOLD_BY_RUNS
        }
        for key in sorted(found.keys() - told):
            alert(settings(), found[key].kind, found[key].message)
        context.update_cursor(orjson.dumps(sorted(found)).decode())
        return dg.SkipReason("; ".join(problem.message for problem in found.values()) or "all is well")

    return health

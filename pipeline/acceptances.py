"""Checks that a person accepts for one run: how the run carries them.

Belongs here: the tags of a run that name accepted checks and the reason. Does not: the checks, the ledger.
Concept: `biwaq run --accept` and a person in Dagster's launchpad use the same tags, so that either is seen in the UI.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dagster as dg

from pipeline import passages
from pipeline.errors import UsageFault
from pipeline.resources import run_id_of
from pipeline.rundays import day_of_run
from pipeline.settings import Settings
from warehouse.checks import CHECKS
from warehouse.model import Acceptance

TAG = "biwaq/accept/"


def accept_tags(names: Sequence[str], reason: str | None) -> dict[str, str]:
    """The run tags for checks accepted on the command line.

    Raises UsageFault for a name that is no blocking check, and where checks or the reason are given alone.
    """
    why = " ".join((reason or "").split())
    if bool(names) != bool(why):
        missing = "--reason" if names else "--accept"
        raise UsageFault(f"{missing} is missing: a check is accepted for one run with --accept CHECK --reason TEXT")
    blocking = [check.name for check in (*CHECKS, passages.CHECK) if check.blocking]
    for name in names:
        if name not in blocking:
            raise UsageFault(
                f"--accept {name}: is no check that can refuse a warehouse; these are {', '.join(blocking)}"
            )
    return {f"{TAG}{name}": why for name in names}


def accepted_of(tags: Mapping[str, str]) -> dict[str, str]:
    """Check -> reason, of a run's tags; a tag without a reason accepts nothing."""
    return {name.removeprefix(TAG): why for name, why in tags.items() if name.startswith(TAG) and why.strip()}


def acceptances_of(
    context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext, settings: Settings
) -> tuple[Acceptance, ...]:
    """What was accepted for the run at work."""
    run_id = run_id_of(day_of_run(context, settings), context.run.run_id)
    at = settings.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    return tuple(Acceptance(run_id, name, why, at) for name, why in sorted(accepted_of(context.run.tags).items()))

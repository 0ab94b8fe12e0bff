"""Calling a person: the kinds of alarm, and the ways out of the machine.

Belongs here: sending one alarm to the command or webhook of the settings. Does not: finding out what is wrong.
Concept: an alarm names its kind, and docs/runbook.md has an entry for each; one that can not be sent is in the log.
"""

from __future__ import annotations

import shlex
import subprocess
from typing import Literal, get_args

import httpx
import orjson

from pipeline.logs import plain, say, warn
from pipeline.settings import Settings

Kind = Literal[
    "run_failed",
    "publish_refused",
    "night_missed",
    "source_stale",
    "nothing_published",
    "warehouse_unreadable",
    "store_unusable",
    "purge_unfinished",
    "disk_low",
]
KINDS: tuple[str, ...] = get_args(Kind)
RUNBOOK = "docs/runbook.md"
COMMAND_S = 60
WEBHOOK_S = 15


def alert(settings: Settings, kind: Kind, message: str, *, run_id: str | None = None) -> bool:
    """Send one alarm; True if every way that is set took it. Never raises for a way that fails: that is logged.

    The command gets the alarm as one JSON object on standard input, the webhook the same object by POST; its `text` is
    there for chat services.
    """
    line = plain(message)
    body = orjson.dumps(
        {
            "kind": kind,
            "message": line,
            "text": f"BIWAQ Data: {kind}: {line}",
            "run_id": run_id,
            "at": settings.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "data": str(settings.layout.root),
            "what_to_do": f"{RUNBOOK}#{kind}",
        }
    )
    say("alert", line, kind=kind)
    faults = [fault for fault in (_by_command(settings, body), _by_webhook(settings, body)) if fault is not None]
    for fault in faults:
        warn("alert_not_sent", f"the alarm {kind} could not be sent: {fault}", kind=kind)
    return not faults


def _by_command(settings: Settings, body: bytes) -> str | None:
    """Run the command, without a shell. Returns what went wrong."""
    if not settings.alert_command:
        return None
    try:
        done = subprocess.run(
            shlex.split(settings.alert_command), input=body, capture_output=True, timeout=COMMAND_S, check=False
        )
    except (OSError, ValueError, subprocess.SubprocessError) as fault:
        return str(fault)
    said = done.stderr.decode("utf-8", "replace").strip()[-200:]
    return None if done.returncode == 0 else f"the command ended with {done.returncode} {said}"


def _by_webhook(settings: Settings, body: bytes) -> str | None:
    """POST to the webhook. Returns what went wrong."""
    if not settings.alert_webhook:
        return None
    try:
        headers = {"Content-Type": "application/json"}
        answer = httpx.post(settings.alert_webhook, content=body, headers=headers, timeout=WEBHOOK_S)
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        return f"{type(fault).__name__}: {fault}"
    return None if answer.is_success else f"the webhook answered {answer.status_code}"

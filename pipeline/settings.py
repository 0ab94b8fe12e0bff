"""Where things lie and what the environment says.

Belongs here: the data folder's layout, environment variables, the clock. Does not: what a source is (sources.py).
Concept: the only module that reads the environment and the clock; everything below gets what it needs as arguments.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.errors import UsageFault

BERLIN = ZoneInfo("Europe/Berlin")
ROOT = Path(__file__).resolve().parent.parent
SAMPLE_SOURCES = ROOT / "fixtures" / "sources"
LIVE_SOURCES = ROOT / "pipeline" / "sources"


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders below the data folder (CONTRACT 3)."""

    root: Path

    @property
    def archive(self) -> Path:
        """Raw pages, append-only: `<day>/<source>--<run>.warc.gz`."""
        return self.root / "archive"

    @property
    def records(self) -> Path:
        """Parsed pages, rebuildable: `<day>/<source>.ndjson.gz`."""
        return self.root / "records"

    @property
    def warehouse(self) -> Path:
        """`biwaq.duckdb`, a link to the newest good build, and `builds/`, the last seven."""
        return self.root / "warehouse"

    @property
    def report(self) -> Path:
        """The report for people, `index.html`; made anew by every publish."""
        return self.root / "report"

    @property
    def exports(self) -> Path:
        """The published warehouse as files, replaced whole."""
        return self.root / "exports"

    @property
    def dagster(self) -> Path:
        """Dagster's own storage (DAGSTER_HOME)."""
        return self.root / "dagster"

    @property
    def logs(self) -> Path:
        """What the runs say of themselves: `<day>.jsonl`."""
        return self.root / "logs"

    @property
    def purged(self) -> Path:
        """What was taken out of the archive, when and why; also the addresses never to be fetched again."""
        return self.root / "purged.ndjson"

    @property
    def unfinished(self) -> Path:
        """The runs at work, or killed at it."""
        return self.root / ".unfinished"

    @property
    def lock(self) -> Path:
        """Held by the one run that writes below this folder."""
        return self.root / ".lock"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is told from outside."""

    layout: Layout
    sources: Path
    connect_to: tuple[str, int] | None = None
    """For sources with `allow_private`: connect there whatever the host name (like curl's --connect-to)."""
    contact: str | None = None
    """Whom a site's operator can write to; part of the User-Agent."""
    fixed_now: datetime | None = None
    alert_command: str | None = None
    """Run for each alarm, which it gets as JSON on standard input."""
    alert_webhook: str | None = None
    """An address that each alarm is posted to as JSON."""

    def now(self) -> datetime:
        """The present moment in UTC; BIWAQ_NOW holds it still."""
        return self.fixed_now or datetime.now(UTC)

    def today(self) -> date:
        """The day in Berlin, where the nightly schedule lives."""
        return self.now().astimezone(BERLIN).date()


def from_environment(data: Path | None = None, sources: Path | None = None) -> Settings:
    """Settings from BIWAQ_DATA, _SOURCES, _CONNECT_TO, _CONTACT, _NOW, _ALERT_COMMAND and _ALERT_WEBHOOK.

    Raises UsageFault. `data` and `sources` win over the environment.
    """
    return Settings(
        layout=Layout((data or Path(os.environ.get("BIWAQ_DATA", "data"))).absolute()),
        sources=(sources or Path(os.environ.get("BIWAQ_SOURCES", SAMPLE_SOURCES))).absolute(),
        connect_to=_host_and_port(os.environ.get("BIWAQ_CONNECT_TO")),
        contact=os.environ.get("BIWAQ_CONTACT"),
        fixed_now=_moment(os.environ.get("BIWAQ_NOW")),
        alert_command=os.environ.get("BIWAQ_ALERT_COMMAND") or None,
        alert_webhook=os.environ.get("BIWAQ_ALERT_WEBHOOK") or None,
    )


def _host_and_port(text: str | None) -> tuple[str, int] | None:
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise UsageFault(f"BIWAQ_CONNECT_TO: {text!r} is not HOST:PORT, for example 127.0.0.1:8470")
    return host, int(port)


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageFault(f"BIWAQ_NOW: {text!r} is not a moment, for example 2026-11-22T02:15:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

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
OUTPUTS_UP_TO = 1_000
"""Several times the programme. Report and exports are for people; at 2,000 pages they took 770 MB, all else 495."""
_POSTGRES = "postgresql+psycopg2://"


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
    def purging(self) -> Path:
        """The purge at work, or killed at it: its time in the ledger, a line each, until no old build stands."""
        return self.root / ".purging"

    @property
    def unfinished(self) -> Path:
        """The runs at work, or killed at it."""
        return self.root / ".unfinished"

    @property
    def retired(self) -> Path:
        """Archive files removed after their source's `keep_days`: a copy elsewhere goes, too."""
        return self.root / "retired.txt"

    @property
    def synced(self) -> Path:
        """What the bucket is known to hold; a cache."""
        return self.root / ".synced.json"

    @property
    def lock(self) -> Path:
        """Held by the one run that writes below this folder."""
        return self.root / ".lock"

    @property
    def workers(self) -> Path:
        """Held together by the workers that read a day below this folder."""
        return self.root / ".workers.lock"


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
    outputs_up_to: int = OUTPUTS_UP_TO
    """A night makes report and exports of warehouses of up to this many pages."""
    remote: str | None = None
    """Where finished files are copied to, as fsspec writes it: s3://bucket/folder."""

    def now(self) -> datetime:
        """The present moment in UTC; BIWAQ_NOW holds it still."""
        return self.fixed_now or datetime.now(UTC)

    def today(self) -> date:
        """The day in Berlin, where the nightly schedule lives."""
        return self.now().astimezone(BERLIN).date()


def from_environment(data: Path | None = None, sources: Path | None = None) -> Settings:
    """Settings from BIWAQ_DATA, _SOURCES, _CONNECT_TO, _CONTACT, _NOW, _ALERT_COMMAND, _ALERT_WEBHOOK, _OUTPUTS_UP_TO
    and _REMOTE.

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
        outputs_up_to=_pages(os.environ.get("BIWAQ_OUTPUTS_UP_TO")),
        remote=_address(os.environ.get("BIWAQ_REMOTE")),
    )


def _pages(text: str | None) -> int:
    if not text:
        return OUTPUTS_UP_TO
    if not (text.isascii() and text.isdigit()):
        raise UsageFault(f"BIWAQ_OUTPUTS_UP_TO: {text!r} is no number of pages, for example {OUTPUTS_UP_TO}")
    return int(text)


def broker() -> str | None:
    """BIWAQ_BROKER: where work for other machines waits, such as redis://host:6379/0."""
    return os.environ.get("BIWAQ_BROKER") or None


def broker_timeout() -> int:
    """BIWAQ_BROKER_TIMEOUT: after how many seconds without an answer a worker's day is given to another."""
    return _positive("BIWAQ_BROKER_TIMEOUT", 900)


def postgres() -> str | None:
    """BIWAQ_POSTGRES: Dagster's storage, instead of SQLite in the data folder. Raises UsageFault."""
    address = os.environ.get("BIWAQ_POSTGRES") or None
    if address is not None and not address.startswith(_POSTGRES):
        # SQLAlchemy 2.1 takes `postgresql://` for psycopg 3; dagster-postgres brings psycopg2
        raise UsageFault(f"BIWAQ_POSTGRES: must begin with {_POSTGRES}, for example {_POSTGRES}biwaq@db/biwaq")
    return address


def _address(text: str | None) -> str | None:
    if text and "://" not in text:
        raise UsageFault(f"BIWAQ_REMOTE: {text!r} is no address, for example s3://bucket/folder")
    return text or None


def _positive(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or int(text) == 0:
        raise UsageFault(f"{name}: {text!r} is not a whole number above 0")
    return int(text)


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

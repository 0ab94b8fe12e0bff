"""Parsing on other machines: each archived day is a step of a Dagster run, which Celery hands to a worker.

Belongs here: the job, what a worker does with a day, the Celery application. Does not: parsing (parse_day.py).
Concept: a worker needs no disk of the others: it takes the day's archive from the bucket and leaves the records there.
A day is acknowledged when it is done, so that of a killed worker another takes it over; twice done is the same bytes.
"""

import fcntl
import hashlib
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg
from celery import Celery
from celery.exceptions import DuplicateTaskNameWarning
from dagster_celery import celery_executor
from dagster_celery.executor import CeleryExecutor
from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_task
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.utils.url import maybe_sanitize_url

from pipeline.assets.common import BY, REPARSE_JOB
from pipeline.errors import BiwaqFault, UsageFault
from pipeline.fetch.archive import Archive
from pipeline.half_swapped import OF_WORKER, settle_workers
from pipeline.logs import say
from pipeline.parse_day import ParseReport, parse_day
from pipeline.parse_span import Context
from pipeline.parsed_before import fingerprint
from pipeline.remote import Remote, entry_of, pull_folder, push_files
from pipeline.settings import Layout, Settings, broker, broker_timeout, from_environment
from pipeline.sources import load_sources
from pipeline.sync import RECORDS

QUEUE = "dagster"
"""The queue of dagster-celery."""
PARSE = "parse_a_day"
_ANSWER_S = 5.0
_FROM = {"env": "BIWAQ_BROKER"}
"""So that no password stands in Dagster's storage."""


def celery_settings() -> dict[str, Any]:
    """Of the run and of its workers alike. The timeout is Redis's; RabbitMQ sees at once that a worker is gone."""
    return {
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {
            "visibility_timeout": broker_timeout(),
            "unacked_restore_interval": min(10, broker_timeout()),
            "unacked_restore_throttle": 1,
        },
    }


def celery_app() -> Celery:
    """What `biwaq worker` runs: dagster-celery's own application and task. Raises UsageFault."""
    address = _broker()
    app = make_app(CeleryExecutor.for_cli(address, address, None, celery_settings()).app_args())
    create_task(app)
    return app


def reparse_on_workers() -> dg.JobDefinition:
    """The job: a step for each day, none waits for another."""

    @dg.op(config_schema={"days": [str]}, out=dg.DynamicOut(dg.Nothing))
    def days(context: dg.OpExecutionContext) -> Iterator[dg.DynamicOutput[None]]:
        for day in context.op_config["days"]:
            yield dg.DynamicOutput(None, mapping_key=day.replace("-", "_"))

    @dg.op(
        name=PARSE,
        config_schema={"into": str, "version": str},
        ins={"day": dg.In(dg.Nothing)},
        out=dg.Out(dg.Nothing),
    )
    def parse(context: dg.OpExecutionContext) -> None:
        day = date.fromisoformat(str(context.get_mapping_key()).replace("_", "-"))
        report = parse_for(from_environment(), day, context.op_config["into"], context.op_config["version"])
        for damage in report.archive_issues:
            context.log.warning(f"archive {damage.file} at byte {damage.offset}: {damage.message}")
        context.log.info(f"{day}: {report.parsed} pages parsed, {report.rejected} rejected")

    @dg.job(name=REPARSE_JOB, executor_def=celery_executor, description="Archived days read again, on other machines.")
    def reparse() -> None:
        days().map(parse)

    return reparse


def parse_for(settings: Settings, day: date, into: str, version: str) -> ParseReport:
    """A worker's work: read an archived day again and leave its records in the bucket. Raises BiwaqFault."""
    remote, sources = Remote(_address(settings)), load_sources(settings.sources)
    if version_of(settings) != version:
        raise UsageFault("this worker has another program or other sources than the run: give both the same release")
    with _working_folder(settings.layout) as folder:
        archive = _archive_of(settings, remote, day, folder / "archive")
        report = parse_day(archive, folder, sources, day, again=True, at_most=1)
        # a source whose archived copies went after its `keep_days` gave nothing now: its old records stay
        ids = {source.id for source in sources if archive.files(day, source.id)}
        made = [path for pattern in RECORDS for path in sorted((folder / day.isoformat()).glob(pattern))]
        push_files(remote, (path for path in made if path.name.partition(".")[0] in ids), f"{into}/{day}")
    return report


def parse_elsewhere(instance: dg.DagsterInstance, settings: Settings, days: Sequence[date], into: str) -> None:
    """Have `days` read by the workers; their records lie below `into` in the bucket then. Raises BiwaqFault."""
    _require_worker()
    version = version_of(settings)
    job = dg.build_reconstructable_job("pipeline.workers", "reparse_on_workers")
    config = {
        "ops": {
            "days": {"config": {"days": [day.isoformat() for day in days]}},
            PARSE: {"config": {"into": into, "version": version}},
        },
        "execution": {"config": {"broker": _FROM, "backend": _FROM, "config_source": celery_settings()}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DuplicateTaskNameWarning)  # dagster-celery names its task anew for each step
        result = dg.execute_job(job, instance=instance, run_config=config, tags={BY: "command line"})
    if not result.success:
        raise BiwaqFault(f"not all of {len(days)} days could be read: {_first_fault(result)}")
    say("parsed_elsewhere", f"{len(days)} days were read by workers", dagster_run=result.run_id)


def version_of(settings: Settings) -> str:
    """Changes with the parsers and with the source files: what a worker must have in common with the run."""
    folder = settings.sources
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else [folder]
    known = [fingerprint(Context(source, date.min, {})) for source in load_sources(folder)]
    return hashlib.sha256(b"\0".join([path.read_bytes() for path in files] + [k.encode() for k in known])).hexdigest()


def _require_worker() -> None:
    """Raise BiwaqFault where no worker answers, or no broker."""
    address = maybe_sanitize_url(_broker())
    try:
        answers = celery_app().control.inspect(timeout=_ANSWER_S, limit=1).ping()  # one is enough: no wait for more
    except OperationalError as fault:
        raise BiwaqFault(f"{address} can not be used: {fault}; start the broker, or mend BIWAQ_BROKER") from fault
    if not answers:
        raise BiwaqFault(f"no worker answers at {address}: start one with `biwaq worker`")


def _first_fault(result: dg.JobExecutionResult) -> str:
    """What went wrong first, without what Dagster and Celery wrapped around it."""
    for event in result.all_events:
        error = getattr(event.event_specific_data, "error", None) if event.is_failure else None
        while error is not None and error.cause is not None:
            error = error.cause
        if error is not None:
            return " ".join(error.message.split())
    return "see it in `biwaq ui`"


@contextmanager
def _working_folder(layout: Layout) -> Iterator[Path]:
    """Where one day is read; nothing of it stays, nor of killed workers where this one is the last at work."""
    layout.root.mkdir(parents=True, exist_ok=True)
    try:
        with layout.workers.open("a+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            with TemporaryDirectory(prefix=OF_WORKER, dir=layout.root) as folder:
                yield Path(folder)
    finally:
        settle_workers(layout)


def _archive_of(settings: Settings, remote: Remote, day: date, folder: Path) -> Archive:
    """The archive with this day: the one here where it has all that the bucket names, or a copy in `folder`."""
    here, named = settings.layout.archive / day.isoformat(), remote.manifest(f"archive/{day}")
    if not named:
        raise BiwaqFault(f"{remote.address} has no archived pages of {day}: `biwaq sync` copies them there")
    if all((here / name).is_file() and entry_of(here / name) == entry for name, entry in named.items()):
        return Archive(settings.layout.archive)
    pull_folder(remote, f"archive/{day}", folder / day.isoformat())
    return Archive(folder)


def _address(settings: Settings) -> str:
    if settings.remote is None:
        raise UsageFault("BIWAQ_REMOTE is not set: workers take pages from a bucket, for example s3://bucket/folder")
    return settings.remote


def _broker() -> str:
    address = broker()
    if address is None:
        raise UsageFault("BIWAQ_BROKER is not set: where work waits for workers, for example redis://host:6379/0")
    try:
        Connection(address).get_transport_cls()
    except (KeyError, ValueError):  # whose words may be a part of the password
        raise UsageFault("BIWAQ_BROKER: is no broker's address, for example redis://host:6379/0") from None
    return address

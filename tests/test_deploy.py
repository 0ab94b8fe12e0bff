"""The examples of deploy/ say what the code understands: commands, options, variables, packages, paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import settings
from pipeline.cli import COMMANDS
from pipeline.settings import ROOT
from tests.doc_pages import read_arguments

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
KUBERNETES = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "biwaq.yaml").read_text(encoding="utf-8")))
SAID = "".join(path.read_text(encoding="utf-8") for path in sorted(DEPLOY.rglob("*")) if path.is_file())
CODE = Path(settings.__file__).read_text(encoding="utf-8")
OF_OTHERS = {"redis:7": "redis-server", "postgres:15": "postgres"}
"""Images that are not ours, with the program that the tests run."""
TESTED = "".join((ROOT / "tests" / f"{name}.py").read_text(encoding="utf-8") for name in ("servers", "test_workers"))


def containers(found: Any) -> Iterator[dict[str, Any]]:
    """All containers of a manifest, however deep."""
    if isinstance(found, dict):
        yield from found.get("containers", [])
        for value in found.values():
            yield from containers(value)


def named(name: str) -> dict[str, Any]:
    """What a manifest of Kubernetes says of one thing."""
    (found,) = (one for one in KUBERNETES if one["metadata"]["name"] == name)
    return dict(found["spec"])


OURS = [
    *(
        pytest.param(s["command"], id=f"compose-{n}")
        for n, s in COMPOSE["services"].items()
        if s["image"] == "biwaq-cluster"
    ),
    *(pytest.param(c["args"], id=f"kubernetes-{c['name']}") for one in KUBERNETES for c in containers(one)),
]


@pytest.mark.parametrize("command", OURS)
def test_a_command_is_understood(command: list[str]) -> None:
    assert command[0] in COMMANDS
    inside = [str(word).replace("/opt/biwaq", str(ROOT)) for word in command]
    read_arguments(inside)
    assert all(Path(word).exists() for word in inside if word.startswith(str(ROOT)))


def test_every_variable_is_read() -> None:
    found = set(re.findall(r"BIWAQ_[A-Z_]+[A-Z]", SAID))
    assert {"BIWAQ_REMOTE", "BIWAQ_BROKER", "BIWAQ_POSTGRES", "BIWAQ_CONTACT"} <= found
    assert {name for name in found if f'"{name}"' not in CODE} == set()


def test_variables_are_those_of_the_tests() -> None:
    given = COMPOSE["services"]["worker"]["environment"]
    assert {name for name in given if name not in TESTED} == {"BIWAQ_CONTACT"}
    assert given["BIWAQ_POSTGRES"].startswith("postgresql+psycopg2://")
    assert given["BIWAQ_BROKER"].startswith("redis://")
    assert COMPOSE["services"]["night"]["environment"] == given


def test_other_images_are_the_servers_of_the_tests() -> None:
    for service in COMPOSE["services"].values():
        if service["image"] != "biwaq-cluster":
            assert OF_OTHERS[service["image"].rpartition("/")[2]] in TESTED
            assert service["volumes"]


def test_only_one_writes_the_data() -> None:
    """A worker's folder is gone with it: nothing that was purged stays there."""
    services = COMPOSE["services"]
    assert [name for name, one in services.items() if "data:/data" in one.get("volumes", [])] == ["night"]
    assert services["worker"]["tmpfs"] == ["/data"]
    assert named("biwaq-worker")["template"]["spec"]["volumes"] == [{"name": "scratch", "emptyDir": {}}]
    assert named("biwaq-night")["concurrencyPolicy"] == "Forbid"


def test_what_is_typed_into_a_container_is_found() -> None:
    """`exec` passes over the entry point."""
    image = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    (entry,) = re.findall(r'^ENTRYPOINT \["(.+)"\]$', image, re.MULTILINE)
    assert re.findall(r"^ENV PATH=(\S+):\$PATH$", image, re.MULTILINE) == [str(Path(entry).parent)]
    typed = re.findall(r"exec night (\S+) (.+)$", SAID, re.MULTILINE)
    assert {program for program, _ in typed} == {Path(entry).name}
    for _, words in typed:
        read_arguments(words.split())


def test_a_reparse_can_be_started_again() -> None:
    """A job that ended never runs again: each is a copy of one that by itself never begins."""
    assert set(re.findall(r"kubectl create job --from=cronjob/(\S+) \S+", SAID)) == {"biwaq-reparse"}
    reparse = named("biwaq-reparse")
    assert "jobTemplate" in reparse
    assert reparse["suspend"] is True
    assert "Job" not in {one["kind"] for one in KUBERNETES}


def test_the_image_has_what_was_tested() -> None:
    image = (DEPLOY / "Containerfile.cluster").read_text(encoding="utf-8")
    assert "-r requirements-cluster.lock" in image
    lock, tested = ((ROOT / f"requirements-{name}.lock").read_text(encoding="utf-8") for name in ("cluster", "readers"))
    for package in ("celery", "dagster-celery", "dagster-postgres", "psycopg2-binary", "redis", "s3fs", "fsspec"):
        (pin,) = re.findall(rf"^{package}(?:\[\w+\])?==\S+", lock, re.MULTILINE)
        assert pin in tested
    plain = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert re.findall(r"^(?:celery|dagster-celery|dagster-postgres|redis|s3fs|boto\w*)\b", plain, re.MULTILINE) == []

"""What all tests share: the path of the shared material, a fixed clock, no waiting, nights on the sample site."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import stamina

from pipeline.cli import main
from tests.nights import History, record_history


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--shared", default=None, help="folder with pages/, facts/, seeds/, suites/ (not part of the project)"
    )
    parser.addoption("--kills", type=int, default=1, help="at how many random moments a run is killed")
    parser.addoption("--report-of", type=int, default=100, help="projects of the report whose size is measured")
    parser.addoption("--axe", default=None, help="axe.min.js of axe-core: the report in a browser is checked with it")
    parser.addoption("--full-disk", type=int, default=0, help="fail each of the first N writes in turn")


def pytest_make_parametrize_id(val: object) -> str | None:
    """A name without the second that gzip writes into its header: two processes must collect the same tests."""
    return "gzip" if isinstance(val, bytes) and val.startswith(b"\x1f\x8b") else None


@pytest.fixture(scope="session")
def shared(request: pytest.FixtureRequest) -> Path:
    """The folder with real input; tests that need it are skipped with the reason where it is not given."""
    given = request.config.getoption("--shared")
    if given is None or not Path(given).is_dir():
        pytest.skip("real input not given: run pytest with --shared DIR")
    return Path(given).absolute()


@pytest.fixture(scope="session", autouse=True)
def _no_waiting() -> None:
    """Retries happen, their waits do not."""
    stamina.set_testing(True, attempts=3, cap=True)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after one night on the sample site; nobody writes to it."""
    data = tmp_path_factory.mktemp("published") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIWAQ_NOW", "2025-11-20T01:15:00Z")
        patch.setattr(sys, "argv", ["biwaq", "run", "--data", str(data)])
        with pytest.raises(SystemExit) as ended:
            main()
    assert not ended.value.code
    return data


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Four nights on the sample site: day 1, day 1 again, day 2, day 3; what was published after each."""
    return record_history(tmp_path_factory.mktemp("history") / "data")

"""`make faults`: all cases, a table of what happened, one last line.

Belongs here: choosing cases, running them side by side, printing. Does not: cases, judging.
Concept: the last line is the result; exit code 1 if a case failed, a page was lost or a wrong row was found.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from stamina.instrumentation import set_on_retry_hooks

from tests.faults.all_cases import CASES
from tests.faults.case import Case
from tests.faults.front_door import front_door
from tests.faults.judge import Verdict, run
from tests.faults.server import Server
from tests.faults.whole import Whole, whole_cases
from tests.faults.whole_cases import CASES as WHOLE

AT_ONCE = 8
LINE = 300
MOST_MB = 700
"""Of memory, with the server and eight cases at once; some of them bombs of 60 MB and pages without end."""


def crawl_cases(cases: Sequence[Case], root: Path, *, at_once: int = AT_ONCE) -> list[Verdict]:
    """Run cases side by side, each in a folder of its own below `root`."""
    with front_door(), Server() as server:
        together = [case for case in cases if not case.alone]
        with ThreadPoolExecutor(at_once) as pool:
            verdicts = list(pool.map(partial(_one, server, root), together))
        return verdicts + [_one(server, root, case) for case in cases if case.alone]


def both(cases: Sequence[Case], nights: Sequence[Whole], root: Path, at_once: int) -> list[Verdict]:
    """Crawls, which mostly wait, beside whole nights, which mostly work; what needs the processor alone comes last."""
    with ThreadPoolExecutor(1) as beside:
        whole = beside.submit(whole_cases, nights, root) if nights else None
        verdicts = crawl_cases([case for case in cases if not case.alone], root, at_once=at_once)
        published = whole.result() if whole else []
    return verdicts + crawl_cases([case for case in cases if case.alone], root) + published


def _one(server: Server, root: Path, case: Case) -> Verdict:
    return run(case, server, root / case.name)


def main() -> int:
    """Run what the command line names, print the table; 0 if all is well."""
    set_on_retry_hooks([])  # a retry is no news here
    options = _options()
    cases = [case for case in CASES if _wanted(case.name, options) and (case.quick or not options.quick)]
    nights = [case for case in WHOLE if _wanted(case.name, options) and not options.quick]
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        verdicts = both(cases, nights, Path(folder), options.jobs)
    seconds = time.monotonic() - begun
    is_small, memory = (True, "") if options.quick or options.only else _whole_night()
    sys.stdout.write(table(verdicts, seconds, memory))
    return 0 if all(verdict.ok for verdict in verdicts) and _peak_mb() < MOST_MB and is_small else 1


def _whole_night() -> tuple[bool, str]:
    """Whether a night of 2,000 pages with bombs stays below the bound, and what it took; in processes of its own."""
    ended = subprocess.run([sys.executable, "-m", "tests.faults.memory"], capture_output=True, text=True, check=False)
    return ended.returncode == 0, ended.stdout


def _wanted(name: str, options: argparse.Namespace) -> bool:
    return not options.only or any(word in name for word in options.only)


def _peak_mb() -> int:
    """The most memory that this process, with its server, ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def table(verdicts: Sequence[Verdict], seconds: float, more: str = "") -> str:
    """The table, whatever `more` there is to say, and the last line."""
    width = max((len(verdict.name) for verdict in verdicts), default=4)
    lines = [f"{'case':{width}}  {'ok':4}  {'seconds':>11}  what happened"]
    for verdict in verdicts:
        word = "ok" if verdict.ok else "FAIL"
        bound = f"{verdict.seconds:5.2f}/{verdict.within:<5g}"
        lines.append(f"{verdict.name:{width}}  {word:4}  {bound:>11}  {verdict.does} ->{verdict.happened}"[:LINE])
        lines += [f"{'':{width}}  {text}" for text in _why(verdict)]
    passed = sum(verdict.ok for verdict in verdicts)
    lost = sum(len(verdict.lost) for verdict in verdicts)
    wrong = sum(len(verdict.wrong) for verdict in verdicts)
    lines += more.splitlines()
    lines.append(f"{seconds:.0f} s in all; {_peak_mb()} MB at most (bound: {MOST_MB})")
    lines.append(f"faults: {len(verdicts)} cases, {passed} passed, {lost} pages lost, {wrong} wrong rows")
    return "\n".join(lines) + "\n"


def _why(verdict: Verdict) -> list[str]:
    late = (
        [f"  took {verdict.seconds:.2f} s, the bound is {verdict.within:g} s"]
        if verdict.seconds > verdict.within
        else []
    )
    lost = [f"  LOST {url}" for url in verdict.lost]
    wrong = [f"  WRONG {url}" for url in verdict.wrong]
    return [*lost, *wrong, *late, *(f"  {text[:LINE]}" for text in verdict.complaints)]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("tests.faults", description="A loopback server that misbehaves on purpose.")
    parser.add_argument("only", nargs="*", help="only cases whose name holds one of these words")
    parser.add_argument("--quick", action="store_true", help="the selection that pytest runs")
    parser.add_argument("--jobs", type=int, default=AT_ONCE, help="cases at once")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())

"""What a person decided about organisations: same, different, name, split; or has not decided yet.

Belongs here: reading and writing warehouse/decisions/*.toml. Does not: matching by rules, what a decision does.
Concept: a decision is data with a reason; it is exact, and it is reported when no page needs it any more.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent.parent / "decisions"
Kind = Literal["same", "different", "name", "split", "undecided"]
_NEEDS: dict[str, set[str]] = {
    "same": {"names", "because"},
    "different": {"names", "because"},
    "name": {"name", "show", "because"},
    "split": {"name", "bodies", "because"},
    "undecided": {"names"},
}
_PAIRS = ("same", "different", "undecided")


class DecisionError(ValueError):
    """A decision that is not complete; the message names file, entry and what is missing."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. `places` are the AGS of the towns whose pages it is about; none means all.

    same: `names` are one body. different: `names` are each a body of their own. name: show the body called `names[0]`
    as `show`. split: the entry `names[0]` names the `bodies`. undecided: a proposal that waits; it does nothing.
    """

    kind: Kind
    places: tuple[str, ...]
    names: tuple[str, ...]
    show: str
    bodies: tuple[str, ...]
    because: str
    source: str

    @property
    def label(self) -> str:
        """How messages call it."""
        return f"{self.kind} {' = '.join(self.names)} ({self.source})"


def read_decisions(path: Path) -> list[Decision]:
    """The decisions of one TOML file, in its order. Raises DecisionError."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    unknown = sorted(set(raw) - set(_NEEDS))
    if unknown:
        raise DecisionError(f"{path.name}: {unknown[0]!r} is no kind of decision; known: {', '.join(_NEEDS)}")
    return [_decision(path, kind, entry) for kind in _NEEDS for entry in raw.get(kind, [])]


def _decision(path: Path, kind: str, entry: Mapping[str, Any]) -> Decision:
    missing = sorted(_NEEDS[kind] - {name for name in entry if entry[name]})
    surplus = sorted(set(entry) - _NEEDS[kind] - {"places", "because"})
    if missing or surplus or (kind in _PAIRS and len(entry["names"]) < 2):
        raise DecisionError(
            f"{path.name}: [[{kind}]] {dict(entry)!r:.120} needs {', '.join(sorted(_NEEDS[kind]))} (two names or more)"
            f" and may have places; missing or empty {missing}, unknown {surplus}"
        )
    return Decision(
        kind=kind,  # type: ignore[arg-type]
        places=tuple(entry.get("places", ())),
        names=tuple(entry["names"] if "names" in entry else [entry["name"]]),
        show=entry.get("show", ""),
        bodies=tuple(entry.get("bodies", ())),
        because=entry.get("because", ""),
        source=path.name,
    )


def undecided_block(places: Sequence[str], names: Sequence[str], remarks: Sequence[str]) -> str:
    """A proposal as it stands in a file of decisions; a person makes it [[same]] or [[different]] and says why."""
    lines = [f"# {' '.join(remark.split())}" for remark in remarks]
    lines += ["[[undecided]]", *([f"places = {_toml(places)}"] if places else [])]
    return "\n".join([*lines, f"names = {_toml(names)}", 'because = ""']) + "\n"


def _toml(texts: Sequence[str]) -> str:
    """A list of texts; TOML writes it as JSON does."""
    return json.dumps(list(texts), ensure_ascii=False)


@cache
def decisions() -> tuple[Decision, ...]:
    """All decisions of warehouse/decisions, files by name. Raises DecisionError."""
    return tuple(decision for path in sorted(FOLDER.glob("*.toml")) for decision in read_decisions(path))

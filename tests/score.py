"""Precision, recall and F1 of the outcome claims on labelled sentences: `python -m tests.score [dev|heldout …]`.

Belongs here: counting. Does not: labels (fixtures/claims) or rules. Concept: a claim is right only if every labelled
field is; the held-out half is looked at for the final figure and never tuned on. Without a name only `dev` is scored.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from parsers.claims import Found, read_claims
from parsers.records import Claim

FOLDER = Path(__file__).parent.parent / "fixtures" / "claims"
CORE = ("metric", "subgroup", "unit", "status")
FULL = (*CORE, "qualifier", "since", "since_precision", "as_of", "place")


class Score(NamedTuple):
    """Hits, false finds and misses, with the sentences that had one."""

    hits: int
    false: int
    missed: int
    wrong: list[str]

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.false) if self.hits + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def cases(name: str) -> list[dict[str, Any]]:
    """The labelled sentences of fixtures/claims/<name>.jsonl."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def read_case(case: dict[str, Any]) -> Found:
    """Claims and issues of a case; what its context sentence gives is left out."""
    before = case["context"].get("before", "")
    text = f"{before} {case['text']}" if before else case["text"]
    found = read_claims(text)
    start = len(text) - len(case["text"])
    return Found([claim for claim in found.claims if claim["char_start"] >= start], found.issues)


def same(claim: Claim, label: dict[str, Any], keys: tuple[str, ...]) -> bool:
    """Whether a claim is what the label says; shares may be rounded (33.3 for a third)."""
    fields: dict[str, Any] = dict(claim)
    return abs(fields["value"] - label["value"]) < 0.05 and all(fields[key] == label[key] for key in keys)


def score(name: str, keys: tuple[str, ...] = FULL) -> Score:
    """The score of one set."""
    hits = false = missed = 0
    wrong = []
    for case in cases(name):
        claims = read_case(case).claims
        open_labels = list(case["claims"])
        unmatched = []
        for claim in claims:
            label = next((label for label in open_labels if same(claim, label, keys)), None)
            if label is None:
                unmatched.append(claim)
            else:
                open_labels.remove(label)
        hits += len(claims) - len(unmatched)
        false += len(unmatched)
        missed += len(open_labels)
        if unmatched or open_labels:
            wrong.append("\n".join(_differences(case, unmatched, open_labels)))
    return Score(hits, false, missed, wrong)


def _differences(case: dict[str, Any], unmatched: list[Claim], labels: list[dict[str, Any]]) -> Iterator[str]:
    yield f"{case['id']}: {case['text']}"
    for claim in unmatched:
        fields: dict[str, Any] = dict(claim)
        yield "   + " + " ".join(str(fields[key]) for key in ("value", *FULL, "rule"))
    for label in labels:
        yield "   - " + " ".join(str(label[key]) for key in ("value", *FULL))


def main(names: list[str]) -> None:
    """Prints the scores; with -v the sentences of dev that went wrong (never those of the held-out half)."""
    out = sys.stdout.write
    verbose = "-v" in names
    for name in [name for name in names if name != "-v"] or ["dev"]:
        for title, keys in (("all fields", FULL), ("metric, group, value, unit, status", CORE)):
            result = score(name, keys)
            out(
                f"{name}: precision {result.precision:.3f} recall {result.recall:.3f} F1 {result.f1:.3f} "
                f"({result.hits} right, {result.false} false, {result.missed} missed; {len(cases(name))} sentences; "
                f"{title})\n"
            )
            if verbose and keys is FULL and name != "heldout":
                out("".join(f"{line}\n" for line in result.wrong))


if __name__ == "__main__":
    main(sys.argv[1:])

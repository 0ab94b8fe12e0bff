"""The code files: canonical codes, the labels that pages use for them, and labels to ignore.

Belongs here: loading and checking warehouse/codes/*.toml and looking a label up. Does not: what is done with a code.
Concept: an unknown label finds nothing and is never put into a default; a label with two homes is an error.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from warehouse.folding import label_key

CODES = Path(__file__).parent / "codes"
_KNOWN = {"label_de", "label_en", "variants"}


class CodeFileError(ValueError):
    """A code file that contradicts itself or lacks what it must have."""


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code: its labels, the variants that pages write, and what else its file says of it."""

    code: str
    label_de: str
    label_en: str
    variants: tuple[str, ...]
    extra: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CodeList:
    """One list of codes, in the order of its file. `index` holds the key of every label and variant."""

    name: str
    entries: Mapping[str, CodeEntry]
    index: Mapping[str, str]
    ignored: Mapping[str, str]

    def lookup(self, label: str) -> str | None:
        """The code of a label as written, whatever its case, spacing, hyphens and gender form; None if none has it."""
        return self.index.get(label_key(label))

    def is_ignored(self, label: str) -> bool:
        """Whether the file says that this label means nothing (a dash, a heading that slipped in)."""
        return label_key(label) in self.ignored

    def label(self, code: str) -> str:
        """The German label of a code. Raises KeyError."""
        return self.entries[code].label_de

    def unused(self, seen: Iterable[str]) -> list[str]:
        """The variants and ignored labels that none of the labels `seen` needed: a dead entry, or its page is gone."""
        keys = {label_key(label) for label in seen}
        variants = [variant for entry in self.entries.values() for variant in entry.variants]
        return [label for label in (*variants, *self.ignored.values()) if label_key(label) not in keys]


def load_file(path: Path) -> CodeList:
    """The code list of one TOML file. Raises CodeFileError where a label has two homes or an entry lacks its labels."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    unknown = set(raw) - {"codes", "ignored"}
    if unknown or not raw.get("codes"):
        raise CodeFileError(f"{path.name}: needs [codes.<code>] and may have [ignored]; found {sorted(raw)}")
    entries = {code: _entry(path, code, dict(values)) for code, values in raw["codes"].items()}
    index: dict[str, str] = {}
    for entry in entries.values():
        for label in dict.fromkeys((entry.label_de, *entry.variants)):
            _claim(path, index, label, entry.code)
    ignored: dict[str, str] = {}
    for label in raw.get("ignored", {}).get("labels", []):
        if label_key(label) in index:
            raise CodeFileError(f"{path.name}: {label!r} is both ignored and a label of {index[label_key(label)]!r}")
        ignored[label_key(label)] = label
    return CodeList(path.stem, entries, index, ignored)


def _entry(path: Path, code: str, values: dict[str, Any]) -> CodeEntry:
    if not values.get("label_de") or not values.get("label_en"):
        raise CodeFileError(f"{path.name}: code {code!r} needs label_de and label_en")
    extra = {key: value for key, value in values.items() if key not in _KNOWN}
    return CodeEntry(code, values["label_de"], values["label_en"], tuple(values.get("variants", ())), extra)


def _claim(path: Path, index: dict[str, str], label: str, code: str) -> None:
    key = label_key(label)
    if not key:
        raise CodeFileError(f"{path.name}: code {code!r} has an empty label {label!r}")
    if key in index:
        raise CodeFileError(f"{path.name}: {label!r} stands twice, under {index[key]!r} and {code!r}; keep one")
    index[key] = code


@cache
def load(name: str) -> CodeList:
    """The code list `name`, e.g. "target_groups", of warehouse/codes. Raises CodeFileError, FileNotFoundError."""
    return load_file(CODES / f"{name}.toml")


@cache
def vocabulary(name: str) -> Mapping[str, Any]:
    """A word list of warehouse/codes that is no code table (words of organisation names, of places), as it stands."""
    return tomllib.loads((CODES / f"{name}.toml").read_text(encoding="utf-8"))

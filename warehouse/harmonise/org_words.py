"""What names of organisations are made of: legal forms, abbreviations, categories, kinds.

Belongs here: recognising these parts by the word lists in warehouse/codes. Does not: deciding which names are one body.
Concept: rules live in the code files; a rule here says nothing where it is not certain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from warehouse.codelists import load, vocabulary
from warehouse.folding import fold
from warehouse.remembered import remembered

_WORD = re.compile(r"[^\W_]+")
_BEFORE = r"(?<![^\W_])"
_AFTER = r"(?![^\W_])"


@dataclass(frozen=True, slots=True)
class LegalForm:
    """A legal form: its code, how it is shown, and the family of forms that one body may be written with."""

    code: str
    short: str
    family: str


@cache
def _legal_patterns() -> tuple[tuple[LegalForm, re.Pattern[str]], ...]:
    patterns = []
    for entry in load("legal_forms").entries.values():
        form = LegalForm(entry.code, entry.extra["short"], entry.extra["family"])
        words = "|".join(pattern.replace(" ?", r"\s?").replace(" ", r"\s") for pattern in entry.extra["patterns"])
        end = r"\s*$" if entry.extra.get("only_at_end") else _AFTER
        patterns.append((form, re.compile(f"{_BEFORE}(?:{words}){end}")))
    return tuple(patterns)


@cache
def _any_legal_form() -> re.Pattern[str]:
    return re.compile("|".join(pattern.pattern for _, pattern in _legal_patterns()))


def take_legal_forms(name: str) -> tuple[str, LegalForm | None]:
    """The name without legal forms, and the form: the most special one, which the file lists first."""
    found: LegalForm | None = None
    for form, pattern in _legal_patterns() if _any_legal_form().search(name) else ():
        rest = pattern.sub(" ", name)
        if rest != name and rest.strip(" ,.-"):
            found = found or form
            name = rest
    return " ".join(name.split()), found


def is_abbreviation(short: str, words: list[str]) -> bool:
    """Whether the letters of `short` stand in order in `words`, the first at the start of a word.

    KIK is "Kontakt in Krisen", NOA "Noris-Arbeit", EG DU "Entwicklungsgesellschaft Duisburg". AKSB is not
    "Quartiersmanagement Waldtal": there the bracket says who runs it.
    """
    letters = [letter for letter in fold(short) if letter.isalpha()]
    if not 2 <= len(letters) <= 8:
        return False
    starts = [at for at, word in enumerate(words) if word[:1] == letters[0]]
    return any(_in_order(letters[1:], words[at][1:] + "".join(words[at + 1 :])) for at in starts)


def _in_order(letters: list[str], text: str) -> bool:
    at = 0
    for letter in letters:
        at = text.find(letter, at) + 1
        if at == 0:
            return False
    return True


@cache
def _categories() -> tuple[frozenset[str], frozenset[str], tuple[str, ...], frozenset[str]]:
    lists = vocabulary("organisation_words")["categories"]
    return (
        frozenset(fold(label) for label in lists["labels"]),
        frozenset(lists["describing"]),
        tuple(lists["nouns"]),
        frozenset(lists["subjects"]),
    )


@cache
def fillers() -> frozenset[str]:
    """Words that do not tell two bodies apart."""
    return frozenset(vocabulary("organisation_words")["fillers"])


@remembered(4_096)
def is_category(name: str) -> bool:
    """Whether an entry names a sort of bodies and no single one: "Schulen", "regionale Wohnungsunternehmen"."""
    labels, describing, nouns, subjects = _categories()
    text = fold(name)
    if text in labels:
        return True
    seen_noun = False
    for word in _WORD.findall(text.replace("- und ", "-und ")):
        if word.endswith(nouns):
            seen_noun = True
        elif not (
            word in describing or word in fillers() or (seen_noun and word in subjects) or _completed(word, text)
        ):
            return False
    return seen_noun


def _completed(word: str, text: str) -> bool:
    """ "Kirchen-" of "Kirchen- und Moscheegemeinden": its noun follows."""
    return f"{word}-und " in text.replace("- und ", "-und ").replace("-, ", "-und ")


@dataclass(frozen=True, slots=True)
class _KindRule:
    """One entry of `kinds`: a pattern of the folded name, or legal forms (codes or families)."""

    kind: str
    pattern: re.Pattern[str] | None
    forms: frozenset[str]
    no_company: bool

    def knows(self, text: str, form: LegalForm | None) -> bool:
        """Whether this rule tells the kind of a name."""
        if form is not None and self.no_company and form.family == "gmbh":
            return False
        by_form = form is not None and not self.forms.isdisjoint({form.code, form.family})
        return by_form or (self.pattern is not None and self.pattern.search(text) is not None)


@cache
def _kinds() -> tuple[_KindRule, ...]:
    return tuple(
        _KindRule(
            kind=entry["kind"],
            pattern=re.compile(entry["pattern"]) if "pattern" in entry else None,
            forms=frozenset(entry.get("forms", ())),
            no_company=entry.get("no_company", False),
        )
        for entry in vocabulary("organisation_words")["kinds"]
    )


def kind_of(name: str, form: LegalForm | None) -> tuple[int, str] | None:
    """The kind that a name shows and the rank of the rule that knew it (lower is surer); None if no rule knows it."""
    text = fold(name)
    return next(((rank, rule.kind) for rank, rule in enumerate(_kinds()) if rule.knows(text, form)), None)


@cache
def synonyms() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Word sequences and what they are joined to, longest first."""
    pairs = [(tuple(k.split()), tuple(v.split())) for k, v in vocabulary("organisation_words")["synonyms"].items()]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


@cache
def synonym_starts() -> frozenset[str]:
    """First words of all synonyms: a quick way to see that a name has none."""
    return frozenset(words[0] for words, _ in synonyms())


def join_synonyms(words: list[str]) -> list[str]:
    """The words with abbreviations of well-known bodies written out: IHK, AWO, Job Center."""
    if synonym_starts().isdisjoint(words):
        return words
    joined: list[str] = []
    at = 0
    while at < len(words):
        hit = next((pair for pair in synonyms() if tuple(words[at : at + len(pair[0])]) == pair[0]), None)
        joined += hit[1] if hit else (words[at],)
        at += len(hit[0]) if hit else 1
    return joined

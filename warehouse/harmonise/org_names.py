"""One name of an organisation, read: what identifies it, what is spelling, which place is part of it.

Belongs here: from a name and the page's town to comparable keys. Does not: joining names (org_joins.py).
Concept: a body is its words and its place; legal form, word order, abbreviation and town title are spelling.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from warehouse.codelists import vocabulary
from warehouse.folding import fold, tidy, transliterate
from warehouse.harmonise.org_words import (
    LegalForm,
    fillers,
    is_abbreviation,
    is_category,
    join_synonyms,
    kind_of,
    take_legal_forms,
)
from warehouse.harmonise.places import Municipality, first_name, gazetteer, name_key
from warehouse.remembered import remembered

_BRACKETS = re.compile(r"\(([^()]*)\)?")
_TOWN_BRACKET = re.compile(r"([^\W\d_]+) ?\(([^\W\d_]+)\)")
_SEGMENTS = re.compile(r"\s+[-\u2013\u2014|*]\s+|\s*\|\s*")
_TOKEN = re.compile(r"[^\W_]+")
_SHORT = re.compile(r"^(?=(?:.*[A-ZÄÖÜ]){2})[A-Za-zÄÖÜäöü.]{2,7}$")
_CAPITALS = re.compile(r"^[A-ZÄÖÜ]{5,}$")
_ENDINGS = ("ern", "en", "em", "er", "es", "e", "n", "s")
# Bodies of a whole Kreis: in a town that is not a Kreis of its own they are one for all its towns (SGB II § 6d, § 44b).
_OF_THE_KREIS = frozenset({"jobcenter"})
_WORK_IN_QUARTERS = frozenset({"carrier", "company", "association", "welfare", "housing"})
NO_ALIASES: frozenset[str] = frozenset()
"""One for all: an empty one of its own takes 200 bytes."""


class Home(NamedTuple):
    """The town of the page a name stands on: AGS (None where unknown), Bezirk, and the words of an unknown town."""

    ags: str | None = None
    district_code: str | None = None
    as_written: str | None = None


class Keys(NamedTuple):
    """What a name is joined by: `compact` (all its letters), `aliases` (short names that stand for it), `bare` (what an
    alias is compared with).
    """

    compact: str
    bare: str
    aliases: frozenset[str]


NO_KEYS = Keys("", "", NO_ALIASES)


class Traits(NamedTuple):
    """What a name shows of its body: the town and Bezirk, whether the name says so, legal form, kind. Many names have
    the same.
    """

    ags: str | None
    district_code: str | None
    names_place: bool
    form: LegalForm | None
    kind: str | None
    kind_rank: int


class OrgName(NamedTuple):
    """A name, read. `place` is the part of its identity that is a place, `words` are sorted stems. Names of two
    different marks are never one body: families of legal forms, or who runs it, from a bracket.
    """

    written: str
    place: str
    words: tuple[str, ...]
    mark: str
    keys: Keys
    traits: Traits


_CATEGORY = Traits(None, None, names_place=False, form=None, kind="category", kind_rank=-1)


def stem(word: str) -> str:
    """A word without its ending, so that "Rotes", "Roten" and "Rote" are one; at least four letters stay."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def read_name(written: str, home: Home) -> OrgName:
    """Read one entry of a list of partners on a page of `home`."""
    clean = tidy(written)
    written = written if written == clean else clean  # one text for both
    if is_category(written):
        return _category(written)
    bare, form = take_legal_forms(_plain(written))
    main, brackets = _split_brackets(bare)
    segments = [part for part in _SEGMENTS.split(main) if _TOKEN.search(part)] or [main]
    all_words = [word for segment in segments for word in _tokens(segment)]
    short, segments = _take_abbreviation(segments, all_words)
    joined = join_synonyms([word for segment in segments for word in _tokens(segment)])
    placed = _take_places(joined, home)
    words = [word for word in placed.words if word not in fillers()] or placed.words or joined
    rank, kind = kind_of(written, form) or (99, None)
    run_by, bracket_aliases, kept = _read_brackets(brackets, all_words, home, kind)
    words += kept
    aliases = {*short, *bracket_aliases, *_leading_alias(segments)} - {""}
    key = _canonical(words)
    return OrgName(
        written=written,
        place=_identity_place(placed, home, key, kind),
        words=key,
        mark=form.family if form else f"by {run_by}" if run_by else "",
        keys=_keys([*all_words, *kept], words, aliases),
        traits=Traits(
            ags=placed.ags if placed.named else home.ags,
            district_code=placed.district_code or (None if placed.named else home.district_code),
            names_place=placed.named or placed.home_named or placed.district_code is not None,
            form=form,
            kind=kind,
            kind_rank=rank,
        ),
    )


def _keys(all_words: list[str], words: list[str], aliases: set[str]) -> Keys:
    compact = "".join(all_words)
    bare = compact if words == all_words else "".join(words)
    return Keys(compact, bare, frozenset(aliases) if aliases else NO_ALIASES)


def _category(written: str) -> OrgName:
    """A sort of bodies: the same in every town, without a key that could join it to a body."""
    return OrgName(written, "", _stems(_tokens(written)), "", NO_KEYS, _CATEGORY)


def _plain(text: str) -> str:
    """Quotes away, one kind of hyphen, commas of lists kept apart; capitals stay (legal forms need them)."""
    return tidy(re.sub("[\"'„“”‚‘’»«›‹]", "", re.sub("[\u2010-\u2012\u2212]", "-", text)))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(fold(text))


def _split_brackets(text: str) -> tuple[str, list[str]]:
    """The text without brackets, and what stood in them; a bracket that never closes ends with the text.

    The bracket of a town's own name stays: "Jobcenter Halle (Saale)".
    """
    text = _TOWN_BRACKET.sub(lambda hit: f"{hit[1]} {hit[2]}" if _is_town(hit[1], hit[2]) else hit[0], text)
    return tidy(_BRACKETS.sub(" ", text)), [inside.strip() for inside in _BRACKETS.findall(text) if inside.strip()]


def _is_town(word: str, bracket: str) -> bool:
    return bool(gazetteer().town_words(name_key(f"{word} {bracket}")))


def _take_abbreviation(segments: list[str], all_words: list[str]) -> tuple[set[str], list[str]]:
    """Abbreviations that stand before or behind the name they are made of, and the segments without them."""
    if len(segments) > 1:
        for at in (0, len(segments) - 1):
            others = [word for i, segment in enumerate(segments) if i != at for word in _tokens(segment)]
            if len(segments[at]) <= 8 and is_abbreviation(segments[at], others):
                return {"".join(_tokens(segments[at]))}, segments[:at] + segments[at + 1 :]
        return set(), segments
    tokens = segments[0].split()
    for count in (2, 1):
        for short, rest in ((tokens[:count], tokens[count:]), (tokens[-count:], tokens[:-count])):
            if rest and all(map(_SHORT.match, short)) and is_abbreviation("".join(short), _tokens(" ".join(rest))):
                return {"".join(_tokens(" ".join(short)))}, [" ".join(rest)]
    return set(), segments


def _leading_alias(segments: list[str]) -> set[str]:
    """The short name before a dash ("die Kurbel – …") or in capitals ("RUHRWERKSTATT Kultur-Arbeit")."""
    first = segments[0].split()
    if len(segments) > 1:
        tokens = [word for word in _tokens(segments[0]) if word not in fillers()]
        return {"".join(tokens)} if 0 < len(tokens) <= 3 and kind_of(segments[0], None) is None else set()
    if len(first) > 1 and _CAPITALS.match(first[0]) and not _CAPITALS.match(first[1]):
        return {fold(first[0])}
    return set()


def _read_brackets(
    brackets: Sequence[str], all_words: list[str], home: Home, kind: str | None
) -> tuple[str | None, set[str], list[str]]:
    """What brackets mean: (who runs it, abbreviations of the name, words that belong to the name)."""
    run_by: str | None = None
    aliases: set[str] = set()
    kept: list[str] = []
    for inside in brackets:
        if is_abbreviation(inside, all_words) and len(inside) <= 10:
            aliases.add("".join(_tokens(inside)))
        elif len(inside.split()) == 1 and _SHORT.match(inside):
            run_by = run_by or fold(inside)
        elif gazetteer().district_in(home.ags, inside) is None and not _is_remark(inside, kind):
            kept += [word for word in _tokens(inside) if word not in fillers()]
    return run_by, aliases, kept


def _is_remark(inside: str, kind: str | None) -> bool:
    """Behind the name of a carrier one word in brackets is where it works: "Duisburger Werkkiste (Marxloh)".

    Offices of a quarter are told apart by it: "Stadtteilbüro (Hochfeld)" is not "Stadtteilbüro (Marxloh)".
    """
    return kind in _WORK_IN_QUARTERS and len(inside.split()) == 1 and inside[:1].isupper()


@dataclass(slots=True)
class _Placed:
    words: list[str]
    ags: str | None = None
    district_code: str | None = None
    several: str = ""
    named: bool = False
    home_named: bool = False


def _take_places(words: list[str], home: Home) -> _Placed:
    """The words without towns and their titles. The page's own town goes wherever it stands, another one at the end."""
    own = gazetteer().by_ags.get(home.ags or "")
    rest = _without_own(words, own) if own is not None else list(words)
    result = _Placed(rest, home_named=rest != words)
    foreign = _foreign_towns(rest, own)
    for at, length, _ in reversed(foreign):
        del result.words[at : at + length]
    ags = sorted({town.ags for _, _, town in foreign} | ({own.ags} if own and foreign and result.home_named else set()))
    if foreign and len(ags) == 1:
        result.ags, result.named = ags[0], True
    elif foreign:
        result.several = "+".join(ags)
    _take_district(result, home)
    if result.named or result.several or result.home_named:
        result.words = _without_titles(result.words)
    return result


@remembered(4_096)
def _own_names(own: Municipality) -> tuple[tuple[str, ...], ...]:
    """The word sequences that mean the page's own town, longest first: Kreis, full name, first name, "Duisburger"."""
    kreis = tuple(_tokens(own.kreis_name.partition(", ")[0]))
    full = tuple(_tokens(own.name))
    first = tuple(word for part in first_name(own.name) for word in part.split("-"))
    stem_ = first[-1]
    adjectives = {stem_ + "er", stem_.removesuffix("e") + "er", stem_[:-2] + stem_[-1:] + "er", stem_ + "r"}
    names = {kreis, full, first, *((*first[:-1], word) for word in adjectives)}
    names |= {tuple(map(transliterate, name)) for name in names}  # "Wohnbau Giessen"
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def _without_own(words: list[str], own: Municipality) -> list[str]:
    """A new list; the same words where nothing but fillers would be left."""
    kept: list[str] = []
    at = 0
    while at < len(words):
        hit = next((n for n in _own_names(own) if tuple(words[at : at + len(n)]) == n), None)
        if hit is None:
            kept.append(words[at])
        at += len(hit) if hit else 1
    return kept if any(word not in fillers() for word in kept) else list(words)


def _foreign_towns(words: list[str], own: Municipality | None) -> list[tuple[int, int, Municipality]]:
    """Other towns at the end of a name or right behind a word that wants a town (Jobcenter, Handelskammer)."""
    lists = vocabulary("organisation_words")
    found: list[tuple[int, int, Municipality]] = []
    at = 1
    while at < len(words):
        hit = _town_at(words, at)
        if hit is None or (own is not None and hit[1].ags == own.ags):
            at += hit[0] if hit else 1
            continue
        length, town = hit
        wanted = words[at - 1] in lists["before_towns"]
        at_end = at + length == len(words) or bool(found)
        if wanted or (at_end and words[at] not in lists["not_towns"]):
            found.append((at, length, town))
        at += length
    return found


def _town_at(words: list[str], at: int) -> tuple[int, Municipality] | None:
    for length in range(min(5, len(words) - at), 0, -1):
        if length > 1 and words[at + length - 1] in fillers():
            continue
        towns = gazetteer().town_words(name_key(" ".join(words[at : at + length])))
        if len(towns) == 1 and words[at] not in fillers():
            return length, towns[0]
    return None


def _take_district(result: _Placed, home: Home) -> None:
    """Bezirke of Berlin and Hamburg are part of the identity: "Jobcenter Neukölln"."""
    ags = result.ags if result.named else home.ags
    for length in (3, 2, 1):
        for at in range(len(result.words) - length + 1):
            code = gazetteer().district_in(ags, "-".join(result.words[at : at + length]))
            if code is not None and len(result.words) > length:
                result.district_code = code
                del result.words[at : at + length]
                return


def _without_titles(words: list[str]) -> list[str]:
    titles = vocabulary("organisation_words")["town_words"]
    kept = [word for word in words if word not in titles]
    return kept if any(word not in fillers() for word in kept) else words


def _canonical(words: list[str]) -> tuple[str, ...]:
    """The sorted stems; any name of the municipality itself is "stadt"."""
    itself = vocabulary("organisation_words")["municipality_itself"]
    if words and all(word in itself for word in words):
        return ("stadt",)
    return _stems(words)


def _stems(words: Iterable[str]) -> tuple[str, ...]:
    """The sorted stems. A hundred thousand names share some thousand of them."""
    return tuple(sorted(sys.intern(stem(word)) for word in words))


@cache
def _national() -> frozenset[tuple[str, ...]]:
    """The keys of bodies of the whole country."""
    return frozenset(_stems(name.split()) for name in vocabulary("organisation_words")["national"])


def _identity_place(placed: _Placed, home: Home, key: tuple[str, ...], kind: str | None) -> str:
    if not placed.named and not placed.home_named and key in _national():
        return "DE"
    if placed.several:
        return placed.several
    ags = placed.ags if placed.named else home.ags
    if ags is None:
        return f"? {fold(home.as_written or '')}".strip()
    district = placed.district_code or (None if placed.named else home.district_code)
    if kind in _OF_THE_KREIS and district is None:
        return ags[:5]
    return district or ags

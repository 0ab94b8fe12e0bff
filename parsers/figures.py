"""The figures of a sentence and what each of them counts.

Belongs here: blanking what is no count (dates, ages, addresses), the noun behind a figure, its group. Does not: what
happened to those counted. Concept: a figure without a noun that we know is kept, and its kind says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from parsers.claim_words import BLANK, has, keys, lowered, pattern, which
from parsers.dates import find_dates
from parsers.numbers import NumberMatch, Qualifier, find_numbers
from parsers.places import is_demonym

_COUNTED = (
    r"(?:[Mm]enschen|[Pp]ersonen|[Tt]eilnehm|[Ff]rauen|[Bb]ürger|[Aa]rbeits|[Ll]angzeit|[Uu]nternehm|[Bb]etriebe)"
)
# "2000 Menschen": four digits before a counted noun or a unit, without a word of time before them.
_DIGIT = re.compile("[0-9]")
_QUOTE = re.compile('[„“"»«‚]')
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_THAT_COUNTS = re.compile(
    rf"(?<![\d.,/])(?<!seit )(?<!Jahr )(?<!im )(?<!bis )(?<!Ende )(?<!von )(?<!ab )(?:19|20)\d\d"
    rf"(?=\s(?:[a-zäöüß]+e[nr]?\s){{0,2}}{_COUNTED}|\s?(?:Euro\b|€|Prozent\b|%))"
)
# Numbers that count nobody, by what stands behind them. The first digit is asked for first: that is what makes it fast.
_NO_COUNT_BEHIND = re.compile(
    r"""[0-9](?<![0-9][0-9])[0-9]*+(?:
      [-\s]?(?:jährig|Jährig|tägig|stündig|monatig|prozentig)\w*                                           # 52-jähriger
    | (?:,\d)?(?:\s(?:bis|und|oder)\s\d{1,2})?\s?(?:Jahren?|Monaten?|Wochen?|Tagen?|Stunden?|Minuten?|Min\b\.?|Uhr)\b
    | \s?(?:\+|plus\b) | (?:(?<=(?<![0-9])[0-9])|(?<=(?<![0-9])[0-9][0-9]))\.\s(?=[A-ZÄÖÜ][a-zäöüß])  # 1. Arbeitsmarkt
    | (?=,)(?<=[a-zäöüß],\s[0-9][0-9])                                                                     # Anna, 34, …
    | [.:]\d\d\s?Uhr\b | \sbis\s(?=·|\d{1,2}\sUhr) | -Euro-\w+ | -Stunden?-\w+ | /7\b
    | (?<=[0-9]{5})\s(?=[A-ZÄÖÜ][a-zäöüß]+\b(?<!Menschen)(?<!Personen)(?<!Euro)) | (?<=\b0[0-9]{2})[\d\s/-]{3,}\d
    )""",
    re.VERBOSE,
)
# By what stands before them: addresses, laws, numbers of things.
_NO_COUNT_BEFORE = re.compile(
    r"(?:SGB|Hartz|BIWAQ|HF|EU|Phase|Haus|Platz|Rang)[\s-]?\d\b(?!\s[A-ZÄÖÜ])"
    r"|Nr\.\s\d{1,4}\b|Seite\s\d{1,4}\b|Artikel\s\d{1,4}\b|Agenda\s\d{1,4}\b|§\s?\d{1,4}\b|Raum\s\d{1,4}\b"
    r"|Ein-Euro-\w+|Ü\s?\d\d\b"
    r"|traße\s\d{1,3}\b(?!\s(?:Menschen|Personen|Frauen|Männer|Teilnehm|Bürger|Betriebe|Unternehmen|Arbeits|Langzeit))"
    r"|tr\.\s\d{1,3}\b|platz\s\d{1,3}\b(?!\s[A-ZÄÖÜ])|llee\s\d{1,3}\b(?!\s[A-ZÄÖÜ])"
    r"|weg\s\d{1,3}\b(?!\s[A-ZÄÖÜ])|ring\s\d{1,3}\b(?!\s[A-ZÄÖÜ])"
    r"|\b(?:[Dd]e[nmr]|[Dd]ie|[Dd]as|[Zz]um|[Zz]ur|[Bb]eim)\s\d{3,5}\.(?=\s|$)"  # the 300. Teilnehmer
    r"|gasse\s\d{1,3}\b|ufer\s\d{1,3}\b|damm\s\d{1,3}\b|markt\s\d{1,3}\b(?!\s[A-ZÄÖÜ])"
)
_AGE_IN_BRACKETS = re.compile(r"\b([A-ZÄÖÜ][a-zäöüß]+\.?)\s\(\d\d\)")
# Names of offices and of the programme hold words that mean an outcome elsewhere.
_NAMES = re.compile(
    r"Bildung,\sWirtschaft,?\s(?:und\s)?Arbeit\sim\sQuartier|(?:Bundesa|A)gentur\sfür\sArbeit|(?:Ministerium"
    r"|ministerium)\w*\sfür\sArbeit(?:\sund\sSoziales)?"
    r"|Zentrum\sfür\sAusbildung[\w\s]{0,40}Qualifi\w+|Arbeit\sim\s(?:Quartier|Stadtteil)"
    r"|Gesellschaft\sfür\sBeschäftigungsförderung|ARBEIT\sUND\sLEBEN"
    r"|Beschäftigungs(?:gesellschaft|förderung)|BILDUNG\sx\sARBEIT|[Ll]okale[nr]?\sÖkonomie"
)
_SOME_HUNDREDS = re.compile(
    r"\b(?:[Mm]ehrere|[Ee]inige|[Ee]tliche|[Vv]iele|paar)\s(?:[Hh]undert|[Tt]ausend|[Dd]utzend)e?\b"
)
_FOOTNOTE = re.compile("(?<=[0-9%a-zäöüß])[⁰¹²³⁴-⁹]")
_TITLE_IN_QUOTES = re.compile(r"[„“\"»«‚][A-ZÄÖÜ][^„“”\"»«‘\d,.!?]{2,80}[“”\"»«‘](?!,)")
_SEGMENT = re.compile(r"(?:(?<!\d),|,(?!\d)|[;:()]|\s[–—-]\s|[„“”\"»«])")
_WORD = r"[^\W\d_]+(?:[*:/_-]+[^\W\d_]+)*(?:\((?:innen|in)\))?"
_TOKEN = re.compile(rf"\s+(\([Ll]angzeit-?\)\s?\w+|{_WORD})")
_AND_NOUN = re.compile(rf"\s(?:und|sowie|oder|bzw\.|beziehungsweise|&|/)\s-?({_WORD})")
_CUT_OFF = re.compile(rf"-(?:,\s\w+-)?\s(?:und|oder|sowie|bis|&)\s([A-ZÄÖÜ]{_WORD})")
_GENDER = re.compile(r"(?:[*:/_(-]+|(?<=[a-zäöüß])(?=I))(?:-?[Ii]nnen|in)\)?$")
_ADJECTIVE = re.compile(r"[a-zäöüß-]+(?:e|en|er|es|em|lich|tig|isch|reich|sam|haft)")
_TIME = re.compile(r"(?:Halbj|J)ahre?n?|Monate?n?|Wochen?|Tage?n?|Stunden?|Minuten?|Quartale?n?|Semestern?")
_OF_PERCENT = re.compile(
    rf"\s(?:(?:der|aller|dieser|ihrer|unserer|von|unter|bei)\s(?:den\s|allen\s|insgesamt\s|ihnen\b"
    rf"|derer?\b)?)(?:\d+\s)?((?:[a-zäöüß-]+e[nr]\s){{0,2}})({_WORD})?"
)
_MAY_COUNT = re.compile(
    r"[0-9]|hälfte|million|drittel|viertel|fünftel|jede|dutzend|zwei|zwo|drei|vier|fünf|sechs|sieb|acht|neun"
    r"|zehn|elf|zwölf|zwanz|hundert|tausend"
    r"|einund|sech|achtel|milliard"
)
_LONGEST_QUALIFIER = 24  # "nicht weniger als " and a blank
_GOOD_SHARE = re.compile(r"\b([Ee]ine?[mnr]?)\s(gute[sn]?|knappe[sn]?)\s(Drittel|Viertel|Fünftel|Hälfte)\b")
_BASE_AHEAD = re.compile(rf"\b(?:[Bb]ei|[Vv]on|[Uu]nter)\s(?:den\s|allen\s)?((?:[a-zäöüß-]+en\s){{0,2}})({_WORD})")
_BESIDE = re.compile(
    r"\s(?:(?:mit|ohne|aus)\s|\(langzeit-?\)\s?)(?:(?!\b(?:haben|hatten|sind|waren|wurden|werden|konnten|sollen|fanden)\b)"
    r"[^,;:()–—.]){2,60}"
)
_BOTH = ({"Frauen", "Männer"}, {"Frauen", "Männern"})
_KINDS = ("participant", "placed", "placement", "apprentice", "company", "person", "staff")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a sentence: text[start:end], from `first` with its qualifier, to `last` with its noun.

    `kind` is participant, person, placed, placement, apprentice, company, staff, other, money, percent, or bare where
    no noun stands behind it. `group` is a subgroup code, "all", or "other_group" for a group that no code covers.
    """

    start: int
    end: int
    first: int
    last: int
    value: float
    qualifier: Qualifier
    kind: str
    group: str
    noun: str
    modifiers: str
    segment: int
    in_range: bool = False


def blank(text: str) -> str:
    """`text` with dates, ages, durations, addresses, ordinals and names of offices blanked, length unchanged."""
    if _YEAR.search(text):
        kept = _YEAR_THAT_COUNTS.sub(lambda hit: "#" * len(hit.group()), text)
        for date in find_dates(kept):
            text = text[: date.start] + BLANK * (date.end - date.start) + text[date.end :]
    if "undert" in text or "ausend" in text or "utzend" in text:
        text = _SOME_HUNDREDS.sub(_blanked, text)
    text = _FOOTNOTE.sub(" ", _NAMES.sub(_blanked, text))
    if _QUOTE.search(text):
        text = _TITLE_IN_QUOTES.sub(_blanked, text)
    if _DIGIT.search(text):
        text = _NO_COUNT_BEFORE.sub(_blanked, _NO_COUNT_BEHIND.sub(_blanked, text))
        text = _AGE_IN_BRACKETS.sub(_blanked, text) if "(" in text else text
    return text


def _blanked(hit: re.Match[str]) -> str:
    """Blanks for a match; a quoted sentence with a number is speech and no title, "Teilnehmende (29)" is no age."""
    is_speech = hit.re is _TITLE_IN_QUOTES and find_numbers(hit.group())
    if hit.re is _NAMES and hit.group().endswith("gentur für Arbeit"):
        return "Agentur".ljust(len(hit.group()), BLANK)  # who did it matters
    is_count = hit.re is _AGE_IN_BRACKETS and noun_kind(hit[1])[0] != "other"
    return hit.group() if is_speech or is_count else BLANK * len(hit.group())


def segments(text: str) -> list[tuple[int, int]]:
    """The runs of `text` between commas, colons, brackets, dashes and quotes, as (start, end)."""
    edges = [0]
    for cut in _SEGMENT.finditer(text):
        edges += [cut.start(), cut.end()]
    edges.append(len(text))
    return [(edges[at], edges[at + 1]) for at in range(0, len(edges), 2)]


def figures(text: str, low: str, parts: list[tuple[int, int]]) -> list[Figure]:
    """The figures of a blanked sentence with its segments, left to right; "ein" and "eine" are articles, not figures.

    `low` is the sentence in small letters.
    """
    hit = _MAY_COUNT.search(low)
    if hit is None:  # after dates and ages were blanked, most sentences hold no figure
        return []
    start = low.rfind(" ", 0, max(0, hit.start() - _LONGEST_QUALIFIER)) + 1  # searching is slow: begin near the first
    numbers = sorted([*_good_shares(text), *_shifted(find_numbers(text[start:]), start)])
    found = [_figure(text, low, number, _segment_of(number.start, parts)) for number in numbers]
    found = [figure for figure in found if figure.kind != "other" or not _TIME.fullmatch(figure.noun)]
    women = {
        figure.noun.removesuffix("innen")
        for figure in found
        if figure.noun.endswith("innen") and figure.group == "women"
    }
    found = [
        replace(figure, group="other_group")
        if figure.group == "all" and figure.noun and figure.noun.rstrip("n") in women
        else figure
        for figure in found
    ]  # "400 Teilnehmerinnen und 300 Teilnehmer": those are men
    for at in range(len(found) - 1):
        between = text[found[at].end : found[at + 1].first].strip()
        if between in ("bis", "–", "-", "bis zu") or (
            between == "und" and text[: found[at].first].rstrip().lower().endswith("zwischen")
        ):
            found[at : at + 2] = [replace(figure, in_range=True) for figure in found[at : at + 2]]
    return found


@lru_cache(maxsize=8192)
def noun_kind(noun: str, *, doubled: bool = False) -> tuple[str, str]:
    """Kind and group of a noun as it stands: ("person", "women") for "Bürgerinnen", ("other", "all") for "Projekte".

    `doubled` says that both gender forms stood there ("Bürgerinnen und Bürger").
    """
    bare = _GENDER.sub("", noun)
    neutral = doubled or bare != noun
    key = bare.lower().replace("\u00ad", "")
    for kind in _KINDS:
        if pattern("nouns", kind).fullmatch(key):
            is_female = key.endswith(("innen", "erin")) and not neutral and kind in ("participant", "person")
            return kind, "women" if is_female else "all"
    for group in keys("nouns"):
        if group not in _KINDS and pattern("nouns", group).fullmatch(key):
            female_part = key.endswith("innen") and not neutral and group != "women"
            return "person", "other_group" if female_part else group
    last = bare.rpartition("-")[2]  # "Jobcenter-Kunden", "BIWAQ-Teilnehmende"
    if last != bare and last[:1].isupper() and noun_kind(last)[0] != "other":
        return noun_kind(last, doubled=neutral)
    if is_demonym(bare) or (doubled and key.endswith(("er", "innen", "en"))):
        return "person", "women" if key.endswith("innen") and not neutral else "all"
    return "other", "all"


def group_in(text: str) -> str:
    """The group that a phrase or predicate in small letters names: a subgroup code, "other_group" for two groups or one
    that no code covers, "all"."""
    found = which("subgroups", text)
    if "long_term_unemployed" in found:
        found.discard("unemployed")
    if len(found) > 1:
        return "other_group"
    return found.pop() if found else "all"


def _good_shares(text: str) -> list[NumberMatch]:
    """Shares whose qualifier stands inside: "ein gutes Drittel", "eine knappe Hälfte"."""
    found = []
    for hit in _GOOD_SHARE.finditer(text):
        share = find_numbers(f"{hit[1]} {hit[3]} der" if hit[3] != "Hälfte" else "die Hälfte")
        if share:
            qualifier: Qualifier = "over" if hit[2].startswith("gut") else "under"
            found.append(
                share[0]._replace(start=hit.start(), end=hit.end(), qualifier_start=hit.start(), qualifier=qualifier)
            )
    return found


def _shifted(numbers: list[NumberMatch], by: int) -> Iterator[NumberMatch]:
    """The numbers of a text that begins `by` characters into the sentence, without the articles "ein" and "eine"."""
    for number in numbers:
        if number.form != "words" or number.value != 1:
            yield number._replace(
                start=number.start + by, end=number.end + by, qualifier_start=number.qualifier_start + by
            )


def _segment_of(place: int, parts: list[tuple[int, int]]) -> int:
    return next((at for at, (start, end) in enumerate(parts) if start <= place < end), len(parts) - 1)


def _figure(text: str, low: str, number: NumberMatch, segment: int) -> Figure:
    modifiers, noun, last, doubled = "", "", number.end, False
    if number.unit == "EUR":
        kind, group = "money", "all"
    elif number.unit == "percent":
        kind = "percent"
        modifiers, noun, last, doubled = _base_of_percent(text, number)
        if not noun:
            modifiers, noun = base_ahead(text[: number.qualifier_start])
        group = _merged(noun_kind(noun, doubled=doubled)[1] if noun else "all", group_in(modifiers.lower()))
    elif number.unit is not None:
        kind, group = "other", "all"
    else:
        modifiers, noun, last, doubled = _noun_phrase(text, number.end)
        kind, group = noun_kind(noun, doubled=doubled) if noun else ("bare", "all")
        if noun.lower().endswith(("arbeitsplätze", "arbeitsplätzen", "stellen")) and has(
            "employed", "placed_alone", modifiers.lower()
        ):
            kind = "placement"  # "97 vermittelte Arbeitsplätze"
        if kind == "bare" and "illion" in text[number.start : number.end]:
            kind = "money"  # "eine weitere Million für BIWAQ"
        if kind in ("bare", "participant", "person", "placed"):
            beside = _BESIDE.match(low, last)
            named = group_in(beside.group()) if beside else "all"
            last = _end_of_group(beside, last) if beside and named != "all" else last
            group = _merged(_merged(group, group_in(modifiers.lower())), named)
    return Figure(
        start=number.start, end=number.end, first=number.qualifier_start, last=last, value=float(number.value),
        qualifier=number.qualifier, kind=kind, group=group, noun=noun, modifiers=lowered(modifiers), segment=segment,
    )  # fmt: skip


def _merged(one: str, other: str) -> str:
    """The group that two words name together: two different groups are one that no code covers."""
    if one == other or other == "all":
        return one
    if one == "all":
        return other
    return "long_term_unemployed" if {one, other} == {"unemployed", "long_term_unemployed"} else "other_group"


def _end_of_group(beside: re.Match[str], last: int) -> int:
    hits = [pattern("subgroups", key).search(beside.string, last, beside.end()) for key in keys("subgroups")]
    return max((hit.end() for hit in hits if hit), default=last)


def _base_of_percent(text: str, number: NumberMatch) -> tuple[str, str, int, bool]:
    """What a share is taken of: "40 Prozent der Teilnehmenden", "jeder fünfte Teilnehmer"."""
    if number.form == "share" and text[number.start : number.end].lower().startswith("jede"):
        return _noun_phrase(text, number.end)
    base = _OF_PERCENT.match(text, number.end)
    if base is None or not base[2] or not base[2][0].isupper():
        return "", "", number.end, False
    end = (
        number.end if re.search(r"\d", base.group()) else base.end()
    )  # "die Hälfte der 136 …": the base is a figure too
    second = _doubling(text, base[2], base.end())
    noun = "Menschen" if second is not None and {base[2], second[1]} in _BOTH else base[2]
    if second is not None and end == base.end():
        end = second.end()
    return base[1], noun, end, second is not None


def base_ahead(text: str) -> tuple[str, str]:
    """The base of a share that stands before it: "Von den Frauen fanden 30 Prozent"."""
    for base in _BASE_AHEAD.finditer(text):
        if noun_kind(base[2])[0] in ("person", "participant"):
            return base[1], base[2]
    return "", ""


def _noun_phrase(text: str, at: int) -> tuple[str, str, int, bool]:
    """Adjectives, noun, end, and whether both gender forms stand there, of what follows a figure; ("", "", at, False)
    where no noun follows it."""
    start = at
    for _ in range(7):
        token = _TOKEN.match(text, at)
        if token is None:
            break
        word = token[1]
        if word[0].isupper() or word[0] == "(":
            following = _TOKEN.match(text, token.end())
            if (
                word.endswith("er")
                and following
                and following[1][0].isupper()
                and (is_demonym(word) or not _known(word))
            ):
                at = token.end()
                continue
            return _with_noun(text, start, token)
        if has("no_adjective", "words", word) or not (_ADJECTIVE.fullmatch(word) or word in ("und", "oder")):
            break
        at = token.end()
    return "", "", start, False


def _known(word: str) -> bool:
    return noun_kind(word)[0] != "other"


def _with_noun(text: str, start: int, token: re.Match[str]) -> tuple[str, str, int, bool]:
    noun, end = token[1], token.end()
    cut_off = _CUT_OFF.match(text, end)  # "Klein- und Kleinstunternehmen"
    if cut_off is not None:
        return text[start : token.start(1)], cut_off[1], cut_off.end(), False
    if has("nouns_that_are_outcomes", "words", noun.lower()):
        return "", "", start, False
    if noun in ("Mal", "Fälle", "Fällen"):
        return "", "", end, False
    second = _doubling(text, noun, end)
    modifiers = text[start : token.start(1)]
    if second is None:
        return modifiers, noun, end, False
    if {noun, second[1]} in _BOTH:
        return modifiers, "Menschen", second.end(), True
    longer = noun if len(noun) < len(second[1]) and not noun.endswith("innen") else second[1]
    return modifiers, longer, second.end(), True


def _doubling(text: str, noun: str, end: int) -> re.Match[str] | None:
    """The second half of "Bürgerinnen und Bürger", "Frauen und Männer"."""
    second = _AND_NOUN.match(text, end)
    if second is None:
        return None
    one, other = noun.lower(), second[1].lower()
    if {one, other} in ({"frauen", "männer"}, {"frauen", "männern"}):
        return second
    female = one.endswith("innen") != other.endswith("innen")
    same = one[:4] == other[:4] or other.removesuffix("innen").rstrip("n") in one  # "Bewohnerinnen", "-bewohner"
    return second if female and same else None

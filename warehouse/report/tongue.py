"""How the report speaks one of its languages: words, labels of codes, numbers and days.

Belongs here: everything that differs between German and English. Does not: what is told.
Concept: words lie in words.toml, labels in the warehouse's code tables; a missing word is an error, a missing label
shows what the page wrote.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from warehouse.german import german as german_of
from warehouse.report.messages import german_message
from warehouse.report.model import Row

BERLIN = ZoneInfo("Europe/Berlin")
NOTHING = "–"
_MONTHS = {
    "de": ("Jan.", "Feb.", "März", "April", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."),
    "en": ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"),
}
_ZONES = {"de": ("MEZ", "MESZ"), "en": ("CET", "CEST")}
DAY_WORDS = {
    german: english
    for german, english in (*zip(*_MONTHS.values(), strict=True), *zip(*_ZONES.values(), strict=True))
    if german != english
}
"""Words of a German day or moment -> English."""
_DAY_END = re.compile(r"\b(\d\d?)\.(?= )")
_SWAPPED = str.maketrans(",.", ".,")
_FIELDS = {
    **{
        name: name for name in ("title", "subtitle", "summary", "goals", "value", "area_stats", "status", "source_note")
    },
    **{"start_date": "begin", "end_date": "end", "round_code": "round", "municipality_name": "place"},
    **{"state_code": "state", "esf_region_code": "esf_region", "contact_organisation": "contact_body"},
    **{"contact_street": "contact_street", "contact_homepage": "homepage", "name_as_written": "organisation"},
    **{"organisation_id": "organisation", "text": "activities", "as_of": "as_of", "since": "period"},
}
_NOT_ON_DETAIL_PAGES = ("issue_kinds", "page_types")
_UNITS = {"percent": " %", "EUR": " €", "ha": " ha"}


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


class Tongue:
    """One language of the report; `code` is "de" or "en"."""

    def __init__(self, code: str, labels: Mapping[str, Mapping[str, Row]]) -> None:
        self.code = code
        self.words = {key: both[code] for key, both in _words().items()}
        self._labels = labels

    def say(self, key: str, **values: object) -> str:
        """A sentence with its values filled in. Raises KeyError for a word that nobody wrote.

        A count chooses its words: {n:Projekt|Projekte} gives "1 Projekt" and "2 Projekte", {n:=ist|sind} the word
        alone, {n} the number alone, all with the language's separators.
        """
        counted = {name: self._counted(value) for name, value in values.items()}
        return self.words[key].format(**counted)

    def _counted(self, value: object) -> object:
        return Counted(value, self) if isinstance(value, (int, float)) else value

    def label(self, table: str, code: str | None, written: str | None = None) -> str:
        """The label of a code; what the page wrote, or the code itself, where there is none."""
        row = self._labels.get(table, {}).get(code or "")
        found = row and row.get(f"label_{self.code}")
        return str(found or written or code or NOTHING)

    def field(self, column: str) -> str:
        """What a column holds, in a word; its name where the report has none for it."""
        word = _FIELDS.get(column)
        return self.words[word] if word else column

    def changed(self, column: str, value: str | None) -> str:
        """A value of the table of changes, where all are text."""
        if value is None or column != "value":
            return value or NOTHING
        return self.number(float(value))

    def labels(self, table: str) -> dict[str, str]:
        """All labels of a table or a set of terms."""
        return {code: self.label(table, code) for code in self._labels.get(table, {})}

    def number(self, value: float | None, digits: int = 2) -> str:
        """A number with the language's separators, at most `digits` behind the point."""
        if value is None:
            return NOTHING
        text = f"{value:,.{digits}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return text.translate(_SWAPPED) if self.code == "de" else text

    def signed(self, value: float | None) -> str:
        """A number with its sign."""
        return NOTHING if value is None else f"{'+' if value > 0 else ''}{self.number(value)}".replace("-", "−")

    def measure(self, value: float | None, unit: str | None) -> str:
        """A number with its unit; persons and companies are told by what is counted."""
        return NOTHING if value is None else self.number(value) + _UNITS.get(unit or "", "")

    def day(self, value: date | None, precision: str | None = "day") -> str:
        """A day as exactly as it is known: 1. April 2015, April 2015 or 2015."""
        if value is None:
            return NOTHING
        if precision == "year":
            return str(value.year)
        month = f"{_MONTHS[self.code][value.month - 1]} {value.year}"
        if precision == "month":
            return month
        return f"{value.day}. {month}" if self.code == "de" else f"{value.day} {month}"

    def moment(self, value: datetime | None) -> str:
        """A moment (UTC in the file) in Berlin's time, to the minute, with its zone."""
        if value is None:
            return NOTHING
        local = value.replace(tzinfo=UTC).astimezone(BERLIN)
        zone = _ZONES[self.code][local.dst() != timedelta(0)]
        return f"{self.day(local.date())}, {local:%H:%M} {zone}"

    def describe(self, text: str) -> str:
        """A text of the registry, of a check or of an issue's kind, which stands there in English."""
        return german_of(text) if self.code == "de" else text

    def message(self, text: str) -> str | None:
        """What an issue says, which stands in the file in English; None where there is no German for it."""
        return text if self.code == "en" else german_message(text)

    def age(self, now: datetime | None, then: datetime | None) -> str:
        """How long ago something was: whole hours, from two days on whole days."""
        if now is None or then is None:
            return NOTHING
        if now - then < timedelta(hours=1):
            return self.words["under_an_hour"]
        hours = max(0, int((now - then).total_seconds() // 3600))
        return self.say("hours", n=hours) if hours < 48 else self.say("days", n=hours // 24)

    def share(self, value: float | None) -> str:
        """A share of 0 to 1 in percent."""
        return NOTHING if value is None else f"{self.number(100 * value, 1)} %"


class Counted:
    """A number that knows the word for one and for many; see `Tongue.say`."""

    def __init__(self, number: float, tongue: Tongue) -> None:
        self._number, self._tongue = number, tongue

    def __format__(self, spec: str) -> str:
        shown = self._tongue.number(self._number)
        one, _, many = spec.removeprefix("=").partition("|")
        word = one if self._number == 1 else many
        return word if spec.startswith("=") else f"{shown} {word}" if spec else shown


class BothTongues(Tongue):
    """German with the English beside it, for pages that exist once: a script shows English where it is asked to.

    What differs is markup that says so; what does not is plain. English that many pages share stands once, in `shared`
    (German -> English), a number's is made of its signs, anything else stands in the markup. In attributes use the
    German `Tongue.words`.
    """

    def __init__(self, german: Tongue, english: Tongue, labels: Mapping[str, Mapping[str, Row]]) -> None:
        super().__init__(german.code, labels)
        self._both = german, english
        self.shared = _shared(self._pairs(labels))
        self._made: dict[tuple[str, str], str] = {}
        self.words = {key: self._told_as(word, english.words[key]) for key, word in german.words.items()}

    def _pairs(self, labels: Mapping[str, Mapping[str, Row]]) -> Iterator[tuple[str, str]]:
        german, english = self._both
        yield from ((word, english.words[key]) for key, word in german.words.items() if "{" not in word)
        for name, rows in labels.items():
            if name not in _NOT_ON_DETAIL_PAGES:
                yield from ((german.label(name, code), english.label(name, code)) for code in rows)

    def _told_as(self, german: str, english: str) -> str:
        found = self._made.get((german, english))
        if found is None:
            found = self._made[german, english] = both(german, english, self.shared)
        return found

    def say(self, key: str, **values: object) -> str:
        """As `Tongue.say`; values that are markup of both languages are told in each."""
        german, english = self._both
        in_english = {name: getattr(value, "english", value) for name, value in values.items()}
        in_german = {name: getattr(value, "german", value) for name, value in values.items()}
        return self._told_as(german.say(key, **in_german), english.say(key, **in_english))

    def label(self, table: str, code: str | None, written: str | None = None) -> str:
        """As `Tongue.label`."""
        return self._told("label", table, code, written)

    def number(self, value: float | None, digits: int = 2) -> str:
        """As `Tongue.number`."""
        return self._told("number", value, digits)

    def signed(self, value: float | None) -> str:
        """As `Tongue.signed`."""
        return self._told("signed", value)

    def measure(self, value: float | None, unit: str | None) -> str:
        """As `Tongue.measure`."""
        return self._told("measure", value, unit)

    def day(self, value: date | None, precision: str | None = "day") -> str:
        """As `Tongue.day`."""
        return self._told("day", value, precision)

    def moment(self, value: datetime | None) -> str:
        """As `Tongue.moment`."""
        return self._told("moment", value)

    def changed(self, column: str, value: str | None) -> str:
        """As `Tongue.changed`."""
        return self._told("changed", column, value)

    def share(self, value: float | None) -> str:
        """As `Tongue.share`."""
        return self._told("share", value)

    def message(self, text: str) -> str | None:
        """As `Tongue.message`; what has no German stands in English in both."""
        german = german_message(text)
        return None if german is None else self._told_as(german, text)

    def _told(self, method: str, *values: object) -> str:
        german, english = (getattr(tongue, method)(*values) for tongue in self._both)
        return self._told_as(german, english)


class InBoth(Markup):
    """Markup that shows German and knows the English."""

    german: str
    english: str


def both(german: str, english: str, shared: Mapping[str, str] | None = None) -> str:
    """Two wordings as one: plain where they are equal, else German with a mark by which a script finds the English."""
    if german == english:
        return german
    if shared and shared.get(german) == english:
        mark = "data-t"
    elif german.translate(_SWAPPED) == english:
        mark = "data-n"
    elif _english_day(german) == english:
        mark = "data-d"
    else:
        mark = f'data-en="{escape(english)}"'
    made = InBoth(f"<span {mark}>{escape(german)}</span>")
    made.german, made.english = german, english
    return made


def _english_day(german: str) -> str:
    """A German day or moment in English, as the script does it."""
    words = _DAY_END.sub(r"\1", german).split(" ")
    return " ".join(DAY_WORDS.get(word, word) for word in words)


def _shared(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """German -> English of all that differs; of a word that is told in two ways the first."""
    found: dict[str, str] = {}
    for german, english in pairs:
        found.setdefault(german, english)
    return {german: english for german, english in found.items() if english != german}

"""How the report speaks one of its languages: words, labels of codes, numbers and days.

Belongs here: everything that differs between German and English. Does not: what is told.
Concept: words lie in words.toml, labels in the warehouse's code tables; a missing word is an error, a missing label
shows what the page wrote.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from warehouse.report.model import Row

BERLIN = ZoneInfo("Europe/Berlin")
NOTHING = "–"
_MONTHS = {
    "de": ("Jan.", "Feb.", "März", "April", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."),
    "en": ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"),
}
_FIELDS = {
    **{
        name: name for name in ("title", "subtitle", "summary", "goals", "value", "area_stats", "status", "source_note")
    },
    **{"start_date": "begin", "end_date": "end", "round_code": "round", "municipality_name": "place"},
    **{"state_code": "state", "esf_region_code": "esf_region", "contact_organisation": "contact_body"},
    **{"contact_street": "contact_street", "contact_homepage": "homepage", "name_as_written": "organisation"},
    **{"organisation_id": "organisation", "text": "activities", "as_of": "as_of", "since": "period"},
}
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
        """A sentence with its values filled in. Raises KeyError for a word that nobody wrote."""
        return self.words[key].format(**values)

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
        return text.translate(str.maketrans(",.", ".,")) if self.code == "de" else text

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
        """A moment (UTC in the file) in Berlin's time, to the minute."""
        if value is None:
            return NOTHING
        local = value.replace(tzinfo=UTC).astimezone(BERLIN)
        return f"{self.day(local.date())}, {local:%H:%M}"

    def age(self, now: datetime | None, then: datetime | None) -> str:
        """How long ago something was: whole hours, from two days on whole days."""
        if now is None or then is None:
            return NOTHING
        hours = max(0, int((now - then).total_seconds() // 3600))
        return self.say("hours", n=hours) if hours < 48 else self.say("days", n=hours // 24)

    def share(self, value: float | None) -> str:
        """A share of 0 to 1 in percent."""
        return NOTHING if value is None else f"{self.number(100 * value, 1)} %"


class BothTongues(Tongue):
    """German with the English beside it, for pages that exist once: a script shows English where it is asked to.

    What differs is markup that carries both; what does not is plain. In attributes use the German `Tongue.words`.
    """

    def __init__(self, german: Tongue, english: Tongue, labels: Mapping[str, Mapping[str, Row]]) -> None:
        super().__init__(german.code, labels)
        self._both = german, english
        self.words = {key: both(word, english.words[key]) for key, word in german.words.items()}

    def say(self, key: str, **values: object) -> str:
        """As `Tongue.say`; values that are markup of both languages are told in each."""
        german, english = self._both
        in_english = {name: getattr(value, "english", value) for name, value in values.items()}
        in_german = {name: getattr(value, "german", value) for name, value in values.items()}
        return both(german.say(key, **in_german), english.say(key, **in_english))

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

    def _told(self, method: str, *values: object) -> str:
        german, english = (getattr(tongue, method)(*values) for tongue in self._both)
        return both(german, english)


class InBoth(Markup):
    """Markup that shows German and holds the English."""

    german: str
    english: str


def both(german: str, english: str) -> str:
    """Two wordings as one: plain where they are equal, else German with the English in an attribute."""
    if german == english:
        return german
    made = InBoth(f'<span data-en="{escape(english)}">{escape(german)}</span>')
    made.german, made.english = german, english
    return made

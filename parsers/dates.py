"""German dates and periods, by strict patterns of our own.

Belongs here: the date forms of the programme's pages and of press texts. Does not: what a date means for a claim.
Concept: precision is part of the value, an impossible date is refused with a reason, nothing is filled up from today.
"""

from __future__ import annotations

import calendar
import re
from typing import NamedTuple

from parsers.records import Precision, Runtime
from parsers.text import clean

# Full names and the short forms that pages use; the key is what stands there in small letters.
MONTHS = {
    **{"januar": 1, "jänner": 1, "jan": 1, "februar": 2, "feb": 2, "märz": 3, "maerz": 3, "mär": 3, "mrz": 3},
    **{"april": 4, "apr": 4, "mai": 5, "juni": 6, "jun": 6, "juli": 7, "jul": 7, "august": 8, "aug": 8},
    **{"september": 9, "sept": 9, "sep": 9, "oktober": 10, "okt": 10, "november": 11, "nov": 11},
    **{"dezember": 12, "dez": 12},
}
_ORDER: tuple[Precision, ...] = ("day", "month", "year")
_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?:19|20)\d\d"
# "Ende Juni 2026" is a month and "Ende des Jahres 2018" a year: both are read as the whole span, first day to last.
_PART_OF = r"(?:(?:Anfang|Mitte|Ende)\s(?:des\s(?:Monats|Jahres)\s)?)?"
_SEASON = r"(?:(?:im\s|des\s)?(?:Frühjahr|Frühling|Sommer|Herbst|Jahre?s?)\s)?"
_FORMS = {
    "iso": rf"{_YEAR}-\d\d-\d\d(?:[T ]\d\d:\d\d[\d:.+Z-]*)?",
    "digits": rf"\d{{1,2}}\.\s?\d{{1,2}}\.\s?{_YEAR}",
    "named": rf"\d{{1,2}}\.\s?{_MONTH}\s{_YEAR}",
    "month": rf"\d{{1,2}}(?:\s?/\s?|\.){_YEAR}",
    "named_month": rf"{_PART_OF}{_MONTH}\s{_YEAR}",
    "year": rf"{_PART_OF}{_SEASON}{_YEAR}",
}
_BEFORE = r"(?<!\w)(?<!\d[.,/])"
_AFTER = r"(?![\w/]|[.,]\d)"
_DATE = re.compile(
    _BEFORE + "(?:" + "|".join(f"(?P<{name}>{form})" for name, form in _FORMS.items()) + ")" + _AFTER, re.IGNORECASE
)
# The two forms of a source's date; a shorter way to the same value.
_SHORT = re.compile(rf"(?:(?P<month>0[1-9]|1[0-2])/)?(?P<year>{_YEAR})")
_WEEKDAY = re.compile(r"(?:(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend),?\s", re.IGNORECASE)
_ANY = "(?:" + "|".join(_FORMS.values()) + ")"
# The first day of a period may borrow the year of the last: "1. April bis 30. Juni 2018", "25.-26.09.2019".
_BORROWS = rf"(?:\d{{1,2}}\.\s?(?:{_MONTH}|\d{{1,2}}\.)?|{_MONTH})"
_BIS = r"bis(?:\s(?:zum|zu|einschließlich|voraussichtlich))?\s"
_FROM = r"(?:(?:von|vom|seit|seit\sdem|ab|ab\sdem)\s)"
_PERIOD = re.compile(
    rf"""{_BEFORE}(?:
      {_FROM}?(?P<first>{_ANY}|{_BORROWS})(?:\s?[-\u2010-\u2015\u2212]\s?|\s{_BIS}|,\s{_BIS})(?P<last>{_ANY})
    | (?P<year>{_YEAR})(?:\s?[-\u2010-\u2015\u2212/]\s?)(?P<short>\d\d|{_YEAR})
    | (?:seit|seit\sdem|ab|ab\sdem)\s(?P<since>{_ANY})
    | {_BIS}(?P<until>{_ANY})
    ){_AFTER}""",
    re.VERBOSE | re.IGNORECASE,
)
# What nearly all project pages write; a shorter way to the same value.
_MONTHS = re.compile(rf"(0[1-9]|1[0-2])/({_YEAR}) bis (0[1-9]|1[0-2])/({_YEAR})")
_NOTE = re.compile(r"\s*\([^()]*\)$")


class DateValue(NamedTuple):
    """A date as precise as it was written; `value` is the ISO date of its first day."""

    value: str
    precision: Precision

    @property
    def last(self) -> str:
        """ISO date of the last day: 2018-12-31 for "12/2018" and for "2018"."""
        year, month = int(self.value[:4]), int(self.value[5:7])
        if self.precision == "day":
            return self.value
        if self.precision == "year":
            month = 12
        return f"{year}-{month:02}-{calendar.monthrange(year, month)[1]:02}"


class DateMatch(NamedTuple):
    """A date found in a text: text[start:end]. `value` is None where no such day exists; `reason` then says why."""

    start: int
    end: int
    text: str
    value: DateValue | None
    reason: str | None


class PeriodMatch(NamedTuple):
    """A period found in a text: text[start:end]; `reason` says why an end that was written is not in `runtime`."""

    start: int
    end: int
    text: str
    runtime: Runtime
    reason: str | None


def parse_date(text: str) -> DateValue | None:
    """The date that `text` is, as a whole, or None: 31.12.2018, 1. April 2015, 04/2015, April 2015, 2015, ISO."""
    text = clean(text)
    if short := _SHORT.fullmatch(text):
        month, year = short.groups()
        return DateValue(f"{year}-01-01", "year") if month is None else DateValue(f"{year}-{month}-01", "month")
    found = _DATE.fullmatch(_WEEKDAY.sub("", text, count=1))
    return None if found is None else _read(found)[0]


def find_dates(text: str) -> list[DateMatch]:
    """All dates in `text`, left to right, impossible ones (31.11.2018) with a reason in place of a value.

    A bare year counts as a date: whoever reads counts decides by the words around it.
    """
    return [DateMatch(hit.start(), hit.end(), hit.group(), *_read(hit)) for hit in _DATE.finditer(text)]


def parse_runtime(text: str) -> Runtime:
    """The period that `text` is: "04/2015 bis 12/2018", "2019-22", "seit Juli 2023 bis Ende Juni 2026", "bis 2018".

    An end that is missing, impossible or not understood is None; `as_written` keeps the text, `precision` is that of
    the coarser end.
    """
    return read_runtime(text)[0]


def read_runtime(text: str) -> tuple[Runtime, str | None]:
    """As `parse_runtime`, with the reason if something that stands there could not be read."""
    written = clean(text)
    if (plain := _MONTHS.fullmatch(written)) is not None:
        start, end = f"{plain[2]}-{plain[1]}", f"{plain[4]}-{plain[3]}"
        if start <= end:
            last = DateValue(f"{end}-01", "month").last
            return Runtime(start=f"{start}-01", end=last, precision="month", as_written=written), None
    found = _PERIOD.fullmatch(_NOTE.sub("", written))
    if found is None:
        return no_runtime(written or None), f"{written!r} is no period in a known form" if written else None
    return _read_period(found, written)


def find_periods(text: str) -> list[PeriodMatch]:
    """All periods in `text`, left to right; "seit 2019" and "bis Dezember 2018" are periods with one open end."""
    return [
        PeriodMatch(hit.start(), hit.end(), hit.group(), *_read_period(hit, hit.group()))
        for hit in _PERIOD.finditer(text)
    ]


def no_runtime(as_written: str | None = None) -> Runtime:
    """A period of which nothing is known but, at most, how it is written."""
    return Runtime(start=None, end=None, precision=None, as_written=as_written)


def _read(found: re.Match[str]) -> tuple[DateValue | None, str | None]:
    """The value of a match of `_DATE`, or the reason why there is none."""
    text = found.group()
    if found.lastgroup == "iso":
        return _day(int(text[:4]), int(text[5:7]), int(text[8:10]), text)
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if found.lastgroup == "digits":
        return _day(numbers[2], numbers[1], numbers[0], text)
    if found.lastgroup == "year":
        return DateValue(f"{numbers[-1]}-01-01", "year"), None
    month = numbers[0] if found.lastgroup == "month" else _month(text)
    if found.lastgroup == "named":
        return _day(numbers[1], month, numbers[0], text)
    if not 1 <= month <= 12:
        return None, f"{text!r}: there is no month {month}"
    return DateValue(f"{numbers[-1]}-{month:02}-01", "month"), None


def _month(text: str) -> int:
    """The number of the month named in `text`."""
    return next(MONTHS[word] for word in re.findall(r"[^\W\d_]+", text.lower()) if word in MONTHS)


def _day(year: int, month: int, day: int, text: str) -> tuple[DateValue | None, str | None]:
    if not 1 <= month <= 12:
        return None, f"{text!r}: there is no month {month}"
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None, f"{text!r}: there is no day {day} in {month:02}/{year}"
    return DateValue(f"{year}-{month:02}-{day:02}", "day"), None


def _read_period(found: re.Match[str], written: str) -> tuple[Runtime, str | None]:
    """The period of a match of `_PERIOD`."""
    first, last = found["first"] or found["year"] or found["since"], found["last"] or found["until"]
    if found["short"]:
        last = found["year"][: 4 - len(found["short"])] + found["short"]
    if first and last and not re.search(_YEAR, first):
        first = _with_year_of(last, first)
    start, no_start = _end_of_period(first)
    end, no_end = _end_of_period(last)
    if start and end and start.value > end.last:
        return no_runtime(written), f"{written!r}: the period ends before it begins"
    given = [date.precision for date in (start, end) if date is not None]
    return Runtime(
        start=start.value if start else None,
        end=end.last if end else None,
        precision=max(given, key=_ORDER.index) if given else None,
        as_written=written,
    ), no_start or no_end


def _end_of_period(text: str | None) -> tuple[DateValue | None, str | None]:
    if text is None:
        return None, None
    found = _DATE.fullmatch(text)
    return (None, f"{text!r} is no date in a known form") if found is None else _read(found)


def _with_year_of(last: str, first: str) -> str:
    """What the first day borrows: "25." takes month and year of 26.09.2019, "1. April" the year of 30. Juni 2018."""
    first = first.strip()
    if re.fullmatch(r"\d{1,2}\.", first) and re.match(r"\d{1,2}\.", last):
        return first + last[last.index(".") + 1 :]
    return f"{first} {last[-4:]}"

"""What an amount of euros in a sentence means: grant, total cost, or neither.

Belongs here: the rules for money. Does not: counts of people, finding the amounts.
Concept: a sum is never made by adding; own shares, parts of a sum and the programme's budget are no claims.
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.claim_words import has, pattern
from parsers.figures import Figure
from parsers.readings import Reading

# Grants to one town were 0.75 to 2 million euros in round III; ten millions are the programme's (64.5 million in round
# IV), ten thousand is a course fee or a wage.
_SMALLEST, _LARGEST = 10_000, 10_000_000

# "ein Bescheid über 1.498.000 Euro" is that much, not more.
_WORTH = re.compile(r"\b(?:lautet|lauten|\w*bescheid|\w*zusage|antrag|scheck|vertrag|zuwendung|förderung|zuschuss)\s$")
_FURTHER = re.compile(r"\bweitere[nr]?\s$")
# "fördert 12 Projekte mit insgesamt 9 Millionen Euro": nobody says how much of it is for which.
_MANY_PROJECTS = re.compile(
    r"\b(?:[2-9]|[1-9]\d+|drei|vier|mehrere|alle|zahlreiche|viele)\s(?:\w+e\s)?(?:\w+-)?projekten?\b"
)
_BASE = re.compile(r"\bvon (?:den|diesen) (?:insgesamt )?$")


def read_money(text: str, parts: list[tuple[int, int]], found: list[Figure]) -> list[Reading]:
    """One reading for each amount of money among the figures of a blanked sentence in small letters, in order."""
    readings: list[Reading] = []
    amounts = [
        _exact(text, figure) if figure.qualifier == "over" else figure for figure in found if figure.kind == "money"
    ]
    for at in range(len(amounts)):
        readings.append(_amount(text, parts, amounts, at, readings))
    return readings


def _exact(text: str, figure: Figure) -> Figure:
    return replace(figure, qualifier="exact") if _WORTH.search(text[: figure.first]) else figure


def _amount(text: str, parts: list[tuple[int, int]], amounts: list[Figure], at: int, before: list[Reading]) -> Reading:
    figure = amounts[at]
    if (
        _MANY_PROJECTS.search(text)
        or not _SMALLEST <= figure.value < _LARGEST
        or has("money", "programme_budget", text)
        or figure.in_range
    ):
        return Reading(figure)
    start, end = parts[figure.segment]
    if has("not_counted", "capacity", text[start:end]) or has("money", "other_purpose", text[start:end]):
        return Reading(figure)
    ahead, behind = _windows(text, start, end, amounts, at)
    if not f"{ahead}{behind}".strip(" .") and figure.segment:  # "… einen Eigenanteil bei, knapp 200.000 Euro"
        previous = parts[figure.segment - 1]
        ahead = text[previous[0] : previous[1]]
    near = f"{ahead} · {behind}"
    status = "planned" if has("money", "planned", text[start:end]) else "achieved"
    includes = has("money", "including_own_share", text)
    if at == 0 and has("phrase", "part_before", near):
        return Reading(figure, rule="part_of_earlier_sum")  # "Davon stammen 840.000 Euro aus dem ESF"
    if before and before[0].rule == "part_of_earlier_sum":
        return Reading(figure)
    if at == 0 and len(amounts) > 1 and _BASE.search(text[: figure.first]):
        metric = "total_cost_eur" if has("money", "own_share", text) else "grant_eur"
        return Reading(figure, metric, status=status, rule="base_of_parts")
    if pattern("money", "grant_noun", before=r"\s").match(behind):
        return Reading(figure, "grant_eur", status=status, rule="grant_named")
    if has("money", "own_share", near) and not (includes and at == 0):
        return Reading(figure)
    if any(reading.metric and reading.figure.value > figure.value for reading in before) and _is_part(
        ahead, behind, figure, before
    ):
        is_grant = before[0].metric == "total_cost_eur" and has("money", "grant_noun", behind)
        return Reading(figure, "grant_eur", status=status, rule="grant_in_total") if is_grant else Reading(figure)
    if _FURTHER.search(ahead) and _by_one_funder(near):
        return Reading(figure, unread="a further part of a sum by funder; the sum is not stated")
    if _is_share_of_funder(text, parts, amounts):
        return Reading(figure, unread="parts of a sum by funder; the sum is not stated")
    if has("money", "grant_noun", near):
        return Reading(figure, "grant_eur", status=status, rule="grant_named")
    if (has("money", "total", near) and has("money", "about_project", text)) or includes:
        return Reading(figure, "total_cost_eur", status=status, rule="own_share_included" if includes else "cost_named")
    if has("money", "grant", near) or has("money", "grant", text[: figure.first]):
        return Reading(figure, "grant_eur", status=status, rule="grant_given")
    if len(amounts) == 1 and has("money", "total", text) and "projekt" in text:  # "EU, Bund und Stadt investieren …"
        return Reading(figure, "total_cost_eur", status=status, rule="cost_named")
    is_project = has("not_counted", "biwaq", text) or "projekt" in text
    return Reading(figure, unread="an amount, but not what for") if is_project else Reading(figure)


def _windows(text: str, start: int, end: int, amounts: list[Figure], at: int) -> tuple[str, str]:
    """The words of an amount's clause before and behind it, up to the neighbouring amounts."""
    first, last = amounts[at].first, amounts[at].last
    if at and amounts[at - 1].last > start:
        start = amounts[at - 1].last
    if at + 1 < len(amounts) and amounts[at + 1].first < end:
        end = amounts[at + 1].first
    return text[start:first], text[last:end]


def _by_one_funder(near: str) -> bool:
    """True for "weitere 670.000 Euro kommen vom Bund", not for "eine weitere Million für BIWAQ"."""
    return (has("money", "european", near) or has("money", "federal", near)) and not has("not_counted", "biwaq", near)


def _is_share_of_funder(text: str, parts: list[tuple[int, int]], amounts: list[Figure]) -> bool:
    """True for "Die EU gibt 840.000 Euro, der Bund 670.000 Euro": their sum would be our figure, not the page's."""
    if len(amounts) < 2:
        return False
    funders = []
    for at, figure in enumerate(amounts):
        near = " ".join(_windows(text, *parts[figure.segment], amounts, at))
        funders.append((has("money", "european", near), has("money", "federal", near)))
    return (True, False) in funders and (False, True) in funders


def _is_part(ahead: str, behind: str, figure: Figure, before: list[Reading]) -> bool:
    """True for "davon knapp 840.000 Euro aus dem ESF und etwa 670.000 Euro vom Bund"."""
    previous = before[-1]
    if before[0].rule == "base_of_parts":
        return True
    if (
        previous.metric is None
        and previous.figure.segment == figure.segment
        and previous.figure is not before[0].figure
    ):
        return True
    return has("money", "part", f"{ahead} {behind}")

"""A page of a town about its project, mostly prose: from bytes to the record with its evidence.

Belongs here: which find fills which field. Does not: lines and labels (city_text), sentences (city_prose).
Concept: a label of the page goes before its prose, the surer sentence before the other; no person's name is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from parsers import city_prose, html
from parsers.arrival import CUT_OFF, is_cut_off
from parsers.city_text import LONGEST_TEXT, MOST_LINES, NO_HEADING, Content, Passage, read_content
from parsers.dates import no_runtime, read_runtime
from parsers.findings import Findings
from parsers.news_text import is_consent_wall, is_error_page
from parsers.persons import person_spans
from parsers.places import find_places
from parsers.records import CityRecord, ParseResult, Runtime, content_hash, issue
from parsers.sentences import sentences_of_line
from parsers.text import clean, fold, split_enumeration

PAGE_TYPE = "city_page"
PARSER_VERSION = "city_page-1"

_GSB_MARKS = (b"Government Site Builder", b"Projektinformationen", b"Gebietsbeschreibung")
_SHORTEST = 120  # characters; a page with less tells of no project
_LONGEST_SENTENCE = 1_500
_TOWN_OF = re.compile(r"\b(?:Universitätss|Landeshaupts|Hanses|S)tadt\s$")
_DASH_TITLE = re.compile(r"BIWAQ(?:\s(?:I{1,3}|IV|V))?\s?[-–:]\s?(.{3,80})")


@dataclass(frozen=True, slots=True)
class _Quote:
    """A sentence of the page with the line it stands in and its nearest heading."""

    text: str
    passage: Passage


def parse(body: bytes, url: str, content_type: str | None = None) -> ParseResult:
    """The record of a town's page. Never raises; a page of another kind has record None and an issue that says why."""
    doc = html.parse(body, url, content_type)
    content = None if doc is None else read_content(doc)
    problem = _problem(body, doc, content)
    if doc is None or content is None or problem is not None:
        kind, message = problem or html.why_useless(body, doc)
        return ParseResult(
            PAGE_TYPE, PARSER_VERSION, None, [], [issue("error", kind, message)], content_hash(None, kind)
        )
    found = Findings(len(content.texts))
    found.issues += html.losses(doc)
    record = _record(content, found)
    _leftovers(content, found)
    if _is_empty(record):
        message = "names neither the programme nor a project, period or area: no page of a town about a project"
        none = issue("error", "not_this_page", message)
        return ParseResult(PAGE_TYPE, PARSER_VERSION, None, [], [none], content_hash(None, content.text))
    _missing(record, found)
    if len(content.texts) >= MOST_LINES or sum(map(len, content.texts)) >= LONGEST_TEXT:
        found.complain("warning", "text_lost", "longer than any page of a town: not read to its end", field="page")
    return ParseResult(
        page_type=PAGE_TYPE,
        parser_version=PARSER_VERSION,
        record=dict(record),
        evidence=found.evidence,
        issues=found.issues,
        content_hash=content_hash(record, content.text),
        coverage=found.coverage(content.texts),
        unclaimed=found.unclaimed,
        document=doc,
    )


def evidence_text(body: bytes, url: str, content_type: str | None = None) -> str:
    """The visible text of the content area on one line; empty for a page of another kind."""
    doc = html.parse(body, url, content_type)
    content = None if doc is None else read_content(doc)
    return "" if content is None or _problem(body, doc, content) is not None else content.text


def _problem(body: bytes, doc: html.Document | None, content: Content | None) -> tuple[str, str] | None:
    """Issue kind and message for a page that is no page of a town about a project, None for one that is."""
    if doc is not None and is_cut_off(body):
        return CUT_OFF
    if doc is None or content is None or not content.texts:
        return html.why_useless(body, doc)
    if is_consent_wall(content.texts):
        return "consent_wall", "the page asks for consent to cookies and shows nothing else"
    if any(mark in body for mark in _GSB_MARKS):
        return "not_this_page", "a page of the programme's site, no page of a town"
    title = content.heading[1] if content.heading else content.page_title
    if is_error_page(title, content.texts) or sum(map(len, content.texts)) < _SHORTEST:
        return "not_this_page", "an error page that says 200, or a page without content"
    return None


def _record(content: Content, found: Findings) -> CityRecord:
    quotes = [
        _Quote(sentence.text, passage)
        for passage in content.passages
        if passage.label is None and not city_prose.is_other_programme(passage.heading)
        for sentence in sentences_of_line(passage.text)
        if len(sentence.text) <= _LONGEST_SENTENCE
    ]
    headings = [_Quote(passage.text, passage) for passage in content.headings]
    labelled: dict[str, list[Passage]] = {}
    for passage in content.passages:
        if passage.label is not None and not city_prose.is_other_programme(passage.heading):
            labelled.setdefault(passage.label, []).append(passage)
    return CityRecord(
        title=_title(content, found),
        programme=_programme(content, labelled, [*quotes, *headings], found),
        project_title=_project_title(content, labelled, [*headings, *quotes], found),
        municipality=_municipality(content, quotes, found),
        programme_areas=_areas(labelled, quotes, found),
        partners=_partners(labelled, quotes, found),
        coordination=_coordination(labelled, quotes, found),
        target_group_phrases=_target_groups(labelled, quotes, found),
        runtime=_runtime(labelled, quotes, found),
    )


def _is_empty(record: CityRecord) -> bool:
    """True where nothing was found that only a page about a project has."""
    told = (record["programme"], record["project_title"], record["runtime"]["as_written"], record["coordination"])
    return not any(told) and not record["programme_areas"] and not record["partners"]


def _prove(found: Findings, path: str, passage: Passage, quote: str, rule: str) -> None:
    """The value at `path` stands in this passage; the quote is its longest run in which no person is named."""
    found.use(passage.number)
    edges = [0, *(edge for span in person_spans(quote) for edge in span), len(quote)]
    runs = [quote[start:end].strip(" ,;(") for start, end in zip(edges[::2], edges[1::2], strict=True)]
    found.prove(path, passage.heading, max(runs, key=len), rule)


def _title(content: Content, found: Findings) -> str | None:
    if content.heading is None:
        return None
    number, text = content.heading
    found.use(number)
    found.prove("title", "h1", text, "first_heading")
    return text


def _programme(
    content: Content, labelled: dict[str, list[Passage]], quotes: list[_Quote], found: Findings
) -> str | None:
    """The programme by its label, in the heading, else as the surest sentence names it."""
    for passage in labelled.get("programme", []):
        _prove(found, "programme", passage, passage.text, "label")
        return passage.value
    if content.heading and (named := city_prose.programme(content.heading[1])) is not None and named.weight > 1:
        found.prove("programme", "h1", content.heading[1], "named_in_heading")
        return named.value
    best = _best([(find, quote) for quote in quotes if (find := city_prose.programme(quote.text))])
    if best is not None:
        _prove(found, "programme", best[1].passage, best[1].text, "named_in_sentence")
        return best[0].value
    if content.heading and (named := city_prose.programme(content.heading[1])) is not None:
        found.prove("programme", "h1", content.heading[1], "named_in_heading")
        return named.value
    return None


def _project_title(
    content: Content, labelled: dict[str, list[Passage]], quotes: list[_Quote], found: Findings
) -> str | None:
    """The project's title: by its label, in quotes, else behind "BIWAQ -" in the heading."""
    for passage in labelled.get("project_title", []):
        _prove(found, "project_title", passage, passage.text, "label")
        return passage.value.strip('„“”"»«')
    best = _best([(find, quote) for quote in quotes if (find := city_prose.project_title(quote.text))])
    if best is not None:
        _prove(found, "project_title", best[1].passage, best[1].text, "title_in_quotes")
        return best[0].value
    heading = content.heading[1] if content.heading else ""
    quoted, dashed = city_prose.project_title(f"Projekt {heading}"), _DASH_TITLE.fullmatch(heading)
    if quoted is not None or (dashed and city_prose.programme(dashed[1]) is None):
        found.prove("project_title", "h1", heading, "title_in_heading")
        return quoted.value if quoted is not None else clean(dashed[1]) if dashed else None
    return None


def _municipality(content: Content, quotes: list[_Quote], found: Findings) -> str | None:
    """The town: "Stadt X" in the title tag weighs most, then heading and prose; never the host name."""
    votes: Counter[str] = Counter()
    heading = content.heading[1] if content.heading else ""
    for text, weight in ((content.page_title, 2), (heading, 2), *((quote.text, 1) for quote in quotes)):
        for place in find_places(text):
            votes[place.name] += weight + (3 if _TOWN_OF.search(text[: place.start]) else 0)
    if not votes:
        return None
    town = votes.most_common(1)[0][0]
    if any(place.name == town for place in find_places(heading)):
        found.prove("municipality", "h1", heading, "town_named")
        return town
    for quote in quotes:
        if any(place.name == town for place in find_places(quote.text)):
            _prove(found, "municipality", quote.passage, quote.text, "town_named")
            return town
    found.prove("municipality", "title tag", "", "town_named")
    return town


def _areas(labelled: dict[str, list[Passage]], quotes: list[_Quote], found: Findings) -> list[str]:
    values: dict[str, tuple[Passage, str, str]] = {}
    for passage in labelled.get("programme_areas", []):
        for name in city_prose.split_areas(passage.value):
            values.setdefault(name, (passage, passage.text, "label"))
    for quote in quotes if not values else []:
        for name in city_prose.areas(quote.text):
            values.setdefault(name, (quote.passage, quote.text, "area_behind_noun"))
    return _listed("programme_areas", values, found)


def _partners(labelled: dict[str, list[Passage]], quotes: list[_Quote], found: Findings) -> list[str]:
    values: dict[str, tuple[Passage, str, str]] = {}
    for passage in labelled.get("partners", []):
        for name in [passage.value] if passage.is_item else city_prose.split_label(passage.value):
            if not city_prose.may_be_person(name):
                values.setdefault(name, (passage, name if name in passage.text else passage.text, "label"))
    for quote in quotes:
        for name in city_prose.partners(quote.text):
            if not any(fold(name) in fold(other) for other in values):
                own = name if name in quote.text else quote.text  # the rest of the sentence could name a person
                values.setdefault(name, (quote.passage, own, "partner_in_sentence"))
    return _listed("partners", values, found)


def _coordination(labelled: dict[str, list[Passage]], quotes: list[_Quote], found: Findings) -> str | None:
    for passage in labelled.get("coordination", []):
        if not city_prose.may_be_person(passage.value):
            _prove(found, "coordination", passage, passage.text, "label")
            return passage.value
    best = _best([(find, quote) for quote in quotes if (find := city_prose.coordination(quote.text))])
    if best is None:
        return None
    _prove(found, "coordination", best[1].passage, best[1].text, "coordination_in_sentence")
    return best[0].value


def _target_groups(labelled: dict[str, list[Passage]], quotes: list[_Quote], found: Findings) -> list[str]:
    values: dict[str, tuple[Passage, str, str]] = {}
    for passage in labelled.get("target_group_phrases", []):
        for name in [passage.value] if passage.is_item else split_enumeration(passage.value):
            if not person_spans(name):
                values.setdefault(name, (passage, passage.text, "label"))
    for quote in quotes:
        for name in city_prose.target_groups(quote.text):
            if fold(name) not in {fold(other) for other in values}:
                values[name] = (quote.passage, quote.text, "group_in_sentence")
    return _listed("target_group_phrases", values, found)


def _runtime(labelled: dict[str, list[Passage]], quotes: list[_Quote], found: Findings) -> Runtime:
    """The period: by its label, else of the sentence that tells most clearly of the project's."""
    for passage in labelled.get("runtime", []):
        runtime, reason = read_runtime(passage.value)
        if reason is not None:
            found.complain("warning", "unreadable_date", reason, field="runtime", value=passage.value)
        if runtime["start"] or runtime["end"]:
            _prove(found, "runtime", passage, passage.text, "label")
            return runtime
    best: tuple[int, Runtime, _Quote] | None = None
    for quote in quotes:
        for runtime, weight in city_prose.periods(quote.text):
            if best is None or weight > best[0]:
                best = (weight, runtime, quote)
    if best is None:
        return no_runtime()
    _prove(found, "runtime", best[2].passage, best[2].text, "period_in_sentence")
    return best[1]


def _best(finds: list[tuple[city_prose.Find, _Quote]]) -> tuple[city_prose.Find, _Quote] | None:
    return max(finds, key=lambda found: found[0].weight, default=None)


def _listed(path: str, values: dict[str, tuple[Passage, str, str]], found: Findings) -> list[str]:
    for at, (passage, quote, rule) in enumerate(values.values()):
        _prove(found, f"{path}/{at}", passage, quote, rule)
    return list(values)


def _leftovers(content: Content, found: Findings) -> None:
    """Headings under which no field found anything; one that names a person is not repeated."""
    under: dict[str, bool] = {}
    for passage in content.passages:
        under[passage.heading] = under.get(passage.heading, False) or found.is_used(passage.number)
    for heading, is_used in under.items():
        if not is_used and heading != NO_HEADING:
            found.unclaimed.append("…" if person_spans(heading) else heading)


def _missing(record: CityRecord, found: Findings) -> None:
    """What a page about a project should have and this one lacks."""
    for name in ("title", "programme", "municipality", "programme_areas"):
        if not record[name]:
            found.complain("warning", "missing_field", f"the page gives no {name.replace('_', ' ')}", field=name)
    if record["runtime"]["start"] is None and record["runtime"]["end"] is None:
        found.complain("warning", "missing_field", "the page gives no period of the project", field="runtime")

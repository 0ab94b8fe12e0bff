"""What the sentences of a town's page say of its project: title, period, areas, partners, coordination, groups.

Belongs here: one small reader a field, each from one sentence. Does not: labels, lines, the choice between finds.
Concept: a value is the words as they stand; inflected names stay inflected, and no person's name is ever taken.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from parsers.claim_words import has, lowered
from parsers.dates import DateMatch, PeriodMatch, find_dates, find_periods
from parsers.figures import noun_kind
from parsers.gsb_contact import is_body
from parsers.persons import person_spans
from parsers.places import find_places, is_demonym
from parsers.records import Runtime
from parsers.text import clean, split_enumeration, split_list

_NAME = r"(?:Bildung, Wirtschaft,? (?:und )?Arbeit im Quartier)"
_ROUND = r"(?:\s(?:I{1,3}|IV|V)\b)?"
_PROGRAMME = re.compile(
    rf"(?:BIWAQ{_ROUND}\s?[-–:(]\s?)?{_NAME}[“”\"«»]?(?:\s?[-–]\s?BIWAQ{_ROUND}|\s\(BIWAQ{_ROUND}\)|{_ROUND})"
    rf"|\bBIWAQ{_ROUND}\b"
)
_QUOTED = re.compile(
    r"„([^„“”\"]{3,120})[“”\"]|“([^“”]{3,120})”|\"([^\"„“”]{3,120})\"|»([^»«]{3,120})«|«([^»«]{3,120})»"
)
_OF_PROJECT = re.compile(r"\b(?:[Pp]rojekts?|Vorhabens?|Titel|Namen?|Motto|Maßnahme|Teilprojekts?)\s(?:\w+\s)?[(]?$")
_OF_PROGRAMME = re.compile(r"(?:[Pp]rogramms?|Richtlinie|Handlungsfeld\w*|Förderlinie|Initiative|Konzept\w*)\s[(]?$")
_TITLE_VERB = re.compile(
    r"^[)]?,?\s(?:wird|läuft|lief|heißt|ist|war|startet|startete|richtet|wurde|hat|setzt|soll|geht|will|begann)\b"
)
_AREA_NOUN = re.compile(
    r"\b(?:[Ss]tadtteil|[Oo]rtsteil|[Pp]rogrammgebiet|[Pp]rojektgebiet|[Ff]ördergebiet|[Ss]tadtgebiet"
    r"|[Qq]uartier|[Ss]tadtviertel|[Ss]tadtbezirk|[Gg]ebiet)(?:e|en|er|es|s|ern)?\s"
)
_AREA_WORD = r"[A-ZÄÖÜ][\w]*(?:[-/.][\w]+)*"
_AREA = rf"{_AREA_WORD}(?:\s(?!{_AREA_WORD}\s?:){_AREA_WORD})*(?:(?:\s(?:19|20)\d\d(?=\s\())?\s\([A-ZÄÖÜ][\w\s-]*\))?"
_AREAS = re.compile(
    rf"[„“\"»]?({_AREA})((?:(?:,\s|\s?/\s|\sund\s|\ssowie\s|\s&\s)(?:den\s|der\s|dem\s|die\s|im\s"
    rf"|in\s)?(?:{_AREA}|-{_AREA_WORD}))*)"
)
_NO_AREAS = """
    Arbeit Projekt Projekte Angebote Angebot Beratung Unternehmen Betriebe Menschen Bewohner Jobs Ausbildung
    Wirtschaft Bildung Stadt Teilhabe Zusammenhalt Chancen Perspektiven Hilfe Integration Ideen Wohnen Leben
    Soziale Das Die Der Es Sie Zudem Dort Hier Dabei Dazu BIWAQ
"""
_NOT_AREAS = frozenset(_NO_AREAS.split())
_PARTNERS_AHEAD = re.compile(
    r"\b(?:[Ii]n (?:enger |guter )?(?:Kooperation|Zusammenarbeit|Partnerschaft) mit|[Gg]emeinsam mit"
    r"|[Zz]usammen mit|(?:[Pp]artner|[Pp]rojektpartner|[Kk]ooperationspartner|[Tt]räger|[Pp]rojektträger)(?:in"
    r"|innen)?(?:\s(?:der Stadt|des Projekts|im Projekt|von BIWAQ|des Vorhabens|vor Ort"
    r"|des BIWAQ-Projekts))?\s(?:sind|ist|waren|war)"
    r"|(?:[Uu]mgesetzt|[Gg]etragen|[Dd]urchgeführt)\s(?:wird|werden|wurde)?\s?(?:das Projekt|es|das Vorhaben"
    r"|BIWAQ)?\s?(?:von|vom|durch))\s"
)
_LIST_ENDS = re.compile(
    r"\s(?:soll|sollen|wird|werden|wurde|wurden|setzt|setzen|hat|haben|bietet|bieten|unterstützt|unterstützen"
    r"|berät|beraten|umgesetzt|durchgeführt|getragen|realisiert|gefördert|führt|führen|ist|sind|entwickelt"
    r"|entwickeln|arbeitet|arbeiten|im Rahmen|möchte|möchten|will|wollen|können|kann|startet|begleitet"
    r"|begleiten|konnte|konnten|läuft|gemeinsam mit|zusammen mit)\b"
    r"|(?<!\be)(?<!\bSt)(?<!e\.V)(?<!e\. V)[.;:!]\s|[.;:!]?$"
    r"|,\s(?:die|der|das|denen|um|damit|wie)\s(?=[a-zäöü])"
)
_ARTICLE = re.compile(
    r"^(?:der|die|das|dem|den|des|vom|von der|von|mit der|mit dem|mit|durch die|durch den|dem Träger|dem Verein"
    r"|dem Bildungsträger|den Trägern)\s"
)
_BETWEEN_ARTICLES = re.compile(
    r",\s(?=(?:der|dem|die|den|das|vom)\s)|,?\s(?:und|sowie)\s(?=(?:der|dem|die|den|das|vom|mit)\s)"
    r"|\s(?:gemeinsam|zusammen)\smit\s"
)
_LEGAL_FORM = re.compile(r"(?<!\w)(?:e\.\s?V\.|g?GmbH|gemeinnützige GmbH|mbH|AG|eG|gAG|UG)(?!\w)")
_BEHIND_FORM = re.compile(r"\s?(?:&\sCo\.?\s?KG|\([^()]*\)|[A-Z]{2,}(?:\s[A-Z]{2,})*(?!\w))")
# The rest of a verb behind the list: "setzt das Projekt gemeinsam mit A und B um".
_PARTICLE = re.compile(r"\s(?:um|durch|an|auf|statt|ein|zusammen|aktiv|tätig)$")
_OF_BODY = re.compile(r",?\s(?:vom|von der|von|beim|bei der|aus|im|am|in der|der|des)\s|,\s")
_NO_PERSON = re.compile(r"\d|[A-ZÄÖÜ]{2,}|&|/|[a-zäöü][A-ZÄÖÜ]")
_NOBILIARY = frozenset(["von", "van", "de", "zu", "der", "al", "el", "bin", "dos", "da"])
_LONGEST_FIRST_NAME = 12
_COORDINATION = re.compile(
    r"\b(?:Gesamtkoordination|Gesamtkoordinierung|Projektkoordination|Koordination|Koordinierung"
    r"|Gesamtleitung)\b[^.]*?\b(?:erfolgt durch|liegt bei|liegt beim|obliegt|übernimmt|hat|liegt in den Händen"
    r"|wird von|wird durch|wird vom|durch|bei)\s(?P<after>[^.]+)"
    r"|\b[Kk]oordiniert\s(?:wird|werden|wurde)\s(?:[^.]*?\s)?(?:von|vom|durch)\s(?P<by>[^.]+)"
    r"|\bwird\s(?:[^.]{0,60}\s)?(?:von|vom|durch)\s(?P<last>[^.]+?)\s(?:zentral\s)?koordiniert\b"
)
_TAIL = re.compile(
    r"\s(?:übernommen|koordiniert|wahrgenommen|geleitet)\s*$|,\s(?:die|der|das|welche)\s(?=[a-zäöü]).*$|\s\([^)]*$"
)
_TO_GROUPS = re.compile(
    r"\b(?:richtet|richten|wendet|wenden|Zielgruppen?|zielt|angesprochen|Angesprochen|sollen|soll|unterstütz\w+"
    r"|Unterstützung|förder\w+|berät|beraten|begleit\w+|qualifizier\w+|Angebote? gibt|Angebote? für|Hilfe für|hilft"
    r"|helfen|profitier\w+)\b"
)
_AGED = r"(?:\s(?:ab|über|von)\s\d+\sJahren?)?"
_GROUPS = re.compile(
    r"(?:\([Ll]angzeit-?\)\s?)?(?:langzeit)?[Aa]rbeitslose[nr]?\s(?:Menschen"
    r"|Bewohner\w*(?:[*:/-]+innen)?(?:\sund\sBewohner\w*)?|Frauen und Männer|Personen|Erwachsenen?)"
    rf"{_AGED}|\([Ll]angzeit-?\)\s?[Aa]rbeitslosen?\b{_AGED}"
    rf"|\b(?:Langzeitarbeitslosen?|Langzeiterwerbslosen?|Arbeitslosen?|Erwerbslosen?)\b{_AGED}"
    r"|(?:Menschen|Personen|Frauen und Männern?|Bewohner\w*(?:[*:/-]+innen)?(?:\sund\sBewohner\w*)?)"
    r"\smit\s(?:einer?m?\s|eigener\s)?(?:Migrations|Zuwanderungs|Einwanderungs)\w+"
    r"|\bMigrant(?:innen und Migranten|en|[*:]innen)\b|\bAlleinerziehenden?\b|\bGeflüchteten?\b(?:\sMenschen)?"
    r"|\bFlüchtlingen?\b|\bBerufsrückkehr\w+(?:[*:]innen)?(?:\sund\sBerufsrückkehr\w+)?|\bFrauen\b(?!\sund\sMänner)"
    r"|\b[Ää]ltere[nr]?\s(?:Menschen|Langzeitarbeitslosen?|Arbeitslosen?)|\bSolo-?[Ss]elbst(?:st)?ändigen?\b"
    r"|\bNichterwerbstätigen?\b|\bErziehenden?\b"
    r"|(?:kleinen?\sund\smittleren?\s|kleinen?\s|lokalen?\s)?(?:Unternehmen|Betrieben?)"
    r"\s(?:der\slokalen?\sÖkonomie|im\sStadtteil|im\sQuartier)|\bkleinen?\sund\smittleren?\s(?:Unternehmen|Betrieben?)"
)
_BEGAN = re.compile(
    r"\b(?:begann|beginnt|startete|startet|Start|gestartet|läuft seit)\s(?:ist\s|war\s)?(?:am|im|zum)?\s?$"
)
_ENDED = re.compile(
    r"\b(?:endete?|lief|läuft|dauerte?|abgeschlossen)\s(?:(?:noch\s)?(?:bis\s)?(?:am|im|zum|mit dem)?\s?)?$"
)
_OF_PERIOD = re.compile(
    r"umgesetzt|läuft|lief|Laufzeit|zeitraum|gefördert|durchgeführt|dauert|endet|realisiert|finanziert|begann"
    r"|startete|Projekt|Vorhaben",
    re.IGNORECASE,
)
_NO_PERIOD = re.compile(r"Förderperiode|Veranstaltung|geöffnet|Antrag|Städtebau|Aufruf|Bewerbung|Stand", re.IGNORECASE)


class Find(NamedTuple):
    """A value that a sentence gives, and how sure its words make it: the higher is taken, the earlier of equals."""

    value: str
    weight: int


def programme(sentence: str) -> Find | None:
    """The programme as the sentence names it; its full name weighs more than the short one."""
    found = max(_PROGRAMME.finditer(sentence), key=lambda hit: len(hit.group()), default=None)
    if found is None:
        return None
    name = clean(found.group())
    return Find(name if name.endswith((")", "BIWAQ")) else name.strip('“”"«»'), 2 if "Quartier" in name else 1)


def project_title(sentence: str) -> Find | None:
    """The project's title in quotes; names of programmes and scare quotes are none."""
    best: Find | None = None
    for hit in _QUOTED.finditer(sentence):
        value = clean(next(filter(None, hit.groups())))
        weight = _title_weight(sentence, hit, value)
        if weight >= 2 and (best is None or weight > best.weight):
            best = Find(value, weight)
    return best


def _title_weight(sentence: str, hit: re.Match[str], value: str) -> int:
    before, behind = sentence[: hit.start()], sentence[hit.end() :]
    low = lowered(value)
    is_named = value.lstrip("# ")[:1].isupper() or _OF_PROJECT.search(before) is not None  # „nordwärts Arbeit“
    if not is_named or _OF_PROGRAMME.search(before) or has("not_counted", "other_programme", low):
        return 0
    if _PROGRAMME.fullmatch(value) or value.endswith((".", "!", "?")):
        return 0
    weight = 3 if _OF_PROJECT.search(before) else 0
    weight += 2 if _TITLE_VERB.match(behind) and not before.strip() else 0
    return weight + (2 if "BIWAQ" in value else 0)


def periods(sentence: str) -> list[tuple[Runtime, int]]:
    """The periods that the sentence may give the project, each with its weight."""
    if _NO_PERIOD.search(sentence) or has("not_counted", "other_programme", lowered(sentence)):
        return []
    told = 2 if _OF_PERIOD.search(sentence) else 0
    told += 2 if _QUOTED.search(sentence) or "BIWAQ" in sentence else 0
    found = []
    if told and (apart := _start_and_end(sentence)) is not None:
        return [(apart, told + 3)]
    for hit in find_periods(sentence):
        runtime = _with_start(sentence, hit)
        both = 3 if runtime["start"] and runtime["end"] else 0
        if (runtime["start"] or runtime["end"]) and told:
            found.append((runtime, told + both))
    return found


def _start_and_end(sentence: str) -> Runtime | None:
    """The period of "begann im Herbst 2015 und endete Ende 2018"."""
    dates = [date for date in find_dates(sentence) if date.value is not None]
    for first, last in pairwise(dates):
        is_told = _BEGAN.search(sentence[: first.start]) and _ENDED.search(sentence[: last.start])
        if is_told and first.value and last.value and first.value.value <= last.value.last:
            precision = max(first.value.precision, last.value.precision, key=("day", "month", "year").index)
            written = clean(sentence[first.start : last.end])
            return Runtime(start=first.value.value, end=last.value.last, precision=precision, as_written=written)
    return None


def _with_start(sentence: str, hit: PeriodMatch) -> Runtime:
    """The period of "begann am 1. April 2015 und dauert bis zum 31. Dezember 2018": start and end stand apart."""
    if hit.runtime["start"] or not hit.runtime["end"]:
        return hit.runtime
    for date in find_dates(sentence[: hit.start]):
        if date.value is not None and _BEGAN.search(sentence[: date.start]):
            return _joined(sentence, date, hit)
    return hit.runtime


def _joined(sentence: str, date: DateMatch, hit: PeriodMatch) -> Runtime:
    fineness = ("day", "month", "year")
    first, last = date.value, hit.runtime["precision"]
    if first is None or last is None or first.value > (hit.runtime["end"] or ""):
        return hit.runtime
    precision = max(first.precision, last, key=fineness.index)
    return Runtime(
        start=first.value, end=hit.runtime["end"], precision=precision, as_written=clean(sentence[date.start : hit.end])
    )


def areas(sentence: str) -> list[str]:
    """The areas that are named behind "in den Stadtteilen" and the like; "Aachen-Nord und -Ost" are two."""
    if has("not_counted", "other_programme", lowered(sentence)):
        return []
    sentence = _QUOTED.sub(lambda hit: " " * len(hit.group()), sentence)  # „ISA – Im Stadtteil Aktiv“ is a title
    found: list[str] = []
    for noun in _AREA_NOUN.finditer(sentence):
        listed = _AREAS.match(sentence, noun.end())
        if listed is None:
            continue
        for name in split_areas(listed.group().strip('„“"» ')):
            if name.split()[0] not in _NOT_AREAS and not _is_crowd(name) and name not in found:
                found.append(name)
    return found


def split_areas(text: str) -> list[str]:
    """The areas of a list; a second half takes the first one's beginning: "Aachen-Nord und -Ost"."""
    names: list[str] = []
    for item in re.split(r",\s|\s?/\s|\sund\s|\ssowie\s|\s&\s", clean(text)):
        name = re.sub(r"^(?:den|der|dem|die|im|in)\s", "", item.strip(" .,"))
        if name.startswith("-") and names:
            name = names[-1].rpartition("-")[0] + name
        if name:
            names.append(name)
    return names


def partners(sentence: str) -> list[str]:
    """The bodies that a sentence names as partners: "In Kooperation mit der A und der B sollen …"."""
    found: list[str] = []
    for ahead in _PARTNERS_AHEAD.finditer(sentence):
        end = _LIST_ENDS.search(sentence, ahead.end())
        listed = sentence[ahead.end() : end.start() if end else len(sentence)]
        found += [name for name in split_bodies(listed) if name not in found]
    return found


def split_label(text: str) -> list[str]:
    """The bodies behind a label: cut at semicolons where there are such, else at commas and the last "und"."""
    return split_list(text, ";") if ";" in text else split_enumeration(text)


def may_be_person(name: str) -> bool:
    """True for what could be a person's name, with or without a known first name: two or three capitalised words.

    Better to lose "Medienbunker Nord" than to keep a name; what names a body by its words or legal form is kept.
    """
    if person_spans(name):
        return True
    head = _OF_BODY.split(name)[0]  # "… vom Verein X e.V."
    if is_body(head) or _NO_PERSON.search(head):
        return False
    words = head.split()
    if (
        not 2 <= len(words) <= 4
        or len(words[0]) >= _LONGEST_FIRST_NAME
        or find_places(words[0])
        or is_demonym(words[0])
    ):
        return False
    return all(word[0].isupper() or word in _NOBILIARY for word in words)


def is_other_programme(heading: str) -> bool:
    """True for the heading of a section on another programme than BIWAQ."""
    low = lowered(heading)
    return has("not_counted", "other_programme", low) and not has("not_counted", "biwaq", low)


def split_bodies(listed: str) -> list[str]:
    """The bodies of a list in prose, without articles; what begins small or names a person is none.

    Where articles part them, an "und" without one belongs to a name: "vom Kreisverband A und B e.V. und der C gGmbH".
    """
    parted = _BETWEEN_ARTICLES.split(listed)
    split = split_enumeration if len(parted) == 1 else split_list
    pieces: list[str] = []
    for piece in parted:
        pieces += [piece] if _ARTICLE.match(piece.lstrip()) else split(piece)
    bodies = []
    for piece in pieces:
        name = clean(_ARTICLE.sub("", clean(piece))).strip(" ,;")
        name = _PARTICLE.sub("", _without_tail(name))
        name = name if name.endswith("V.") else name.rstrip(".")
        is_body = name[:1].isupper() or _LEGAL_FORM.search(name) is not None
        if name and is_body and not may_be_person(name) and not _is_crowd(name):
            bodies.append(name)
    return bodies


def _without_tail(name: str) -> str:
    """A name up to its legal form and a town or bracket behind it: "WABe e.V. Arbeitsuchende in Aachen" goes on."""
    form = _LEGAL_FORM.search(name)
    if form is None:
        return name
    rest = name[form.end() :]
    kept = _BEHIND_FORM.match(rest)
    end = kept.end() if kept else 0
    towns = find_places(rest)
    if not end and towns and towns[0].start == 1:
        end = towns[0].end
    return name[: form.end() + end]


def _is_crowd(name: str) -> bool:
    """True for "Unternehmen im Quartier", "Bewohnerinnen": nobody in particular."""
    first = name.split()[0]
    return noun_kind(first)[0] != "other" and not is_demonym(first)


def coordination(sentence: str) -> Find | None:
    """The office that coordinates the project; never a person."""
    found = _COORDINATION.search(sentence)
    if found is None:
        return None
    value = _TAIL.sub("", clean(found["after"] or found["by"] or found["last"]))
    value = _ARTICLE.sub("", value).strip(" ,;")
    if not value or not value[0].isupper() or may_be_person(value):
        return None
    return Find(value, 2 if "Gesamt" in found.group() else 1)


def target_groups(sentence: str) -> list[str]:
    """The groups that a sentence says the project is for, as written."""
    if _TO_GROUPS.search(sentence) is None:
        return []
    return [clean(hit.group()) for hit in _GROUPS.finditer(sentence)]

"""The box "Kontakt": the organisation to write to, and nothing about persons.

Belongs here: organisation, street, postcode, town, homepage. Does not: names of persons, phones, faxes, mails.
Concept: a line is taken over only where its words name a body; what could be a person's name is left out.
"""

from __future__ import annotations

import re

from parsers import html
from parsers.findings import Findings
from parsers.gsb_sections import Page, Section
from parsers.persons import person_spans
from parsers.plain import Plain
from parsers.records import Contact
from parsers.text import split_list

_POSTCODE = re.compile(r"(?:D[- ]?)?(?P<postcode>\d{5})\s+(?P<city>[^\W\d_][^\d:@]*)")
_HOUSE_NUMBER = re.compile(
    r"[^\W\d_].*\s\d{1,4}\s?[a-zA-Z]?(?:\s?[-–/+]\s?\d{1,4}\s?[a-zA-Z]?)?(?:\s\([^()]*\))?", re.DOTALL
)
_STREET_WORD = re.compile(
    r"(?:stra(?:ß|ss)e|str\.|platz|weg|allee|ring|gasse|ufer|damm|markt|chaussee|steig|wall)$|^(?:platz|am|an der)\s",
    re.IGNORECASE,
)
_POST_BOX = re.compile(r"Postfach\s[\d ]{1,12}", re.IGNORECASE)
_NO_STREET = re.compile(r"(?:zimmer|raum|etage|gebäude|haus|block|aufgang|stock)\b", re.IGNORECASE)
_HOMEPAGE_LABEL = re.compile(
    r"(?:homepage|internet(?:seite|adresse|auftritt)?|web(?:site|seite|adresse)?|url)\s*(?::\s*|$)", re.IGNORECASE
)
_HOMEPAGE = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_REACH = r"(?:tel(?:efon|\.)?|fon|phone|(?:tele)?fax|mobil(?:telefon)?|handy|(?:e-?)?mail)"
_REACHED_BY = re.compile(rf"\b{_REACH}\b", re.IGNORECASE)
_PERSONAL_LABEL = re.compile(
    r"(?:ansprech(?:partner|person)|kontaktperson|(?:projekt|teil|abteilungs|amts)?leit(?:ung|er)|koordinat(?:ion|or)|"
    r"z\.\s?hd\.|z\.\s?h\.|herrn?\b|frau\b|hr\.|fr\.|dr\.|prof\.|dipl\.|mag\.)",
    re.IGNORECASE,
)
_PERSON_BEHIND = re.compile(r"\s(?:Herrn?|Frau|Dr\.|Prof\.|Ansprech\w+|z\.\s?Hd\.)(?=[\s:])")
_PHONE_OR_MAIL = re.compile(
    r"@|\(at\)|\[at\]|\d{3,}[\s/().–-]{1,3}\d{3,}|\+\d\d|^[+(0\d][\d\s()/.–-]{5,}$", re.IGNORECASE
)
# Words that only the names of offices, companies and associations hold, and legal forms.
_OFFICES = (
    *("stadt", "amt", "center", "agentur", "verwaltung", "dezernat", "referat", "abteilung", "fachbereich"),
    *("fachdienst", "magistrat", "senat", "senatsverwaltung", "gesellschaft", "verein", "verband", "institut"),
    *("zentrum", "akademie", "stiftung", "büro", "stelle", "ministerium", "projekt", "consult", "consulting"),
    *("management", "service", "netzwerk", "diakonie", "caritas", "universität", "hochschule", "sachgebiet"),
    *("eigenbetrieb", "geschäftsbereich", "quartier", "förderung", "team", "awo", "drk", "ihk", "arge", "biwaq"),
    *("werkstatt", "landkreis"),
)
_OFFICE_WORDS = frozenset(_OFFICES)
_LEGAL_FORMS = frozenset(["gmbh", "ggmbh", "mbh", "ag", "kg", "eg", "e.v.", "e.v", "ev", "ohg", "ug"])
# The first word may carry the office at its end: "Landeshauptstadt Schwerin", "Bezirksamt Neukölln". A later word
# may not: it could be a surname ("… Neustadt").
_FIRST_ENDINGS = (*_OFFICES, "gemeinde", "kreis", "werk", "kammer")
_FIRST_STARTS = ("kommunal", "städtisch", "evangelisch", "katholisch", "deutsch")
# Two capitalised words before the office are a person's name, however unlikely: "Vorname Nachname Stadt Ort".
_NAME_FIRST = re.compile(r"[A-ZÄÖÜ][^\W\d_]+(?:-[^\W\d_]+)?\s[A-ZÄÖÜ][^\W\d_]+(?:-[^\W\d_]+)?\s")
_LONGEST_LINE = 400  # what is longer is prose, no line of an address
_SESSION = re.compile(r";jsessionid=[^?#\"&]*", re.IGNORECASE)


def no_contact() -> Contact:
    """A contact of which nothing is known."""
    return Contact(organisation=None, street=None, postcode=None, city=None, homepage=None)


def read_contact(section: Section, page: Page, doc: html.Document | Plain, found: Findings) -> Contact:
    """The address of a contact box. What is not taken over is left out by rule and never quoted."""
    contact = no_contact()
    rows = [text for text in _without_homepage(section, page, doc, contact, found) if len(text) <= _LONGEST_LINE]
    found.use_rows(section.rows)
    pieces = [piece for text in rows for part in split_list(text, ",;|") if (piece := _without_reach(part))]
    places = [(at, place) for at, piece in enumerate(pieces) if (place := _POSTCODE.fullmatch(piece)) is not None]
    end = len(pieces)
    if places:
        end, place = places[0]
        city = _PERSON_BEHIND.split(place["city"])[0].strip()
        contact["postcode"], contact["city"] = place["postcode"], city
        for part in ("postcode", "city"):
            found.prove(f"contact/{part}", section.path, f"{place['postcode']} {city}", "address")
    if len(places) > 1:
        found.complain("info", "several_contacts", "more than one address; the first is taken", field="contact")
    street = _street(pieces[:end], before_postcode=bool(places))
    if street is not None:
        contact["street"] = pieces[street]
        found.prove("contact/street", section.path, pieces[street], "address")
    _organisation(pieces[: end if street is None else street], contact, section, found)
    return contact


def _without_reach(text: str) -> str:
    """A line without phone, fax and mail at its end."""
    found = _REACHED_BY.search(text)
    return text if found is None else text[: found.start()].strip()


def _without_homepage(
    section: Section, page: Page, doc: html.Document | Plain, contact: Contact, found: Findings
) -> list[str]:
    """The texts that are not about the homepage, which goes into `contact`: its address, or its words without one."""
    rest: list[str] = []
    waiting = False
    for number, text in section.rows:
        label = _HOMEPAGE_LABEL.match(text)
        words = text[label.end() :] if label else text
        labelled = label is not None or waiting
        url = _url(page.lines[number].links, doc, own_host_too=labelled)
        is_home = labelled or url is not None or _HOMEPAGE.fullmatch(text) is not None
        waiting = label is not None and not words and url is None
        if not is_home or _PHONE_OR_MAIL.search(words) or _names_person(words):
            rest.append(text)
        elif (home := url or words) and contact["homepage"] is None:
            contact["homepage"] = home
            # The words of a link without "Homepage:" before it could be a name: the box stands for them.
            quote = words or text if labelled or words == home or is_body(words) else section.heading
            found.prove("contact/homepage", section.path, quote, "address")
    return rest


def _url(links: tuple[tuple[str, str], ...], doc: html.Document | Plain, *, own_host_too: bool) -> str | None:
    """The first web address among links; one on the site itself (a contact form) only behind "Homepage:"."""
    for href, _ in links:
        url = html.absolute(doc, href)
        if url is not None and (own_host_too or html.host(url) != html.host(doc.url)):
            return _SESSION.sub("", url)
    return None


def _street(pieces: list[str], *, before_postcode: bool) -> int | None:
    """The position of street or post box: the last piece with a number, or a street by its words before the town."""
    for at in range(len(pieces) - 1, -1, -1):
        piece = pieces[at]
        if _POST_BOX.fullmatch(piece):
            return at
        if not _HOUSE_NUMBER.fullmatch(piece) or _NO_STREET.match(piece) or _PHONE_OR_MAIL.search(piece):
            continue
        if not _begins_with_office(_words(piece)) and not _names_person(piece):
            return at
    last = len(pieces) - 1
    return last if before_postcode and last > 0 and _STREET_WORD.search(pieces[last]) else None


def _organisation(pieces: list[str], contact: Contact, section: Section, found: Findings) -> None:
    """The name of the organisation: all pieces that name a body, joined by a comma."""
    names = [piece for piece in pieces if is_body(piece)]
    if len(names) < len(pieces) and not all(piece in names or _is_personal(piece) for piece in pieces):
        message = "a line that is no known office or body is left out: it could be a person's name"
        found.complain("info", "contact_line_left_out", message, field="contact/organisation")
    if names:
        contact["organisation"] = ", ".join(names)
        text = " ".join(text for _, text in section.rows)
        whole = next((run for run in (" ".join(names), ", ".join(names)) if run in text), names[0])
        found.prove("contact/organisation", section.path, whole, "address")


def _is_personal(text: str) -> bool:
    """True for what says itself that it is about a person, and for phones and mails."""
    return bool(_PERSONAL_LABEL.match(text) or _PHONE_OR_MAIL.search(text))


def _names_person(text: str) -> bool:
    """True if a line that is something else also holds a person's name."""
    if _PERSONAL_LABEL.match(text) or _PERSON_BEHIND.search(text):
        return True
    return text.count(" ") > 1 and bool(person_spans(text))


def is_body(text: str) -> bool:
    """True for the name of an office, company or association."""
    if _is_personal(text) or text.endswith(":"):
        return False
    if _names_person(text):
        return False
    words = _words(text)
    if _begins_with_office(words) or not _LEGAL_FORMS.isdisjoint(words):
        return True
    return not _OFFICE_WORDS.isdisjoint(words) and _NAME_FIRST.match(text) is None


def _words(text: str) -> list[str]:
    """The words of a line in small letters, "e. V." as one."""
    return [word.strip(',;()„“"') for word in text.casefold().replace("e. v.", "e.v.").split()]


def _begins_with_office(words: list[str]) -> bool:
    return bool(words) and (
        words[0].endswith(_FIRST_ENDINGS) or (len(words) > 1 and words[0].startswith(_FIRST_STARTS))
    )

"""Mutations: what damage, carelessness and malice do to a page.

Belongs here: one function a kind of damage, and the choice among them. Does not: parsing, promises.
Concept: a page number and a seed give the same bytes on every machine, so that a finding is two numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from tests.fuzz.corpus import Sample

MOST_BYTES = 400_000
_TAG = re.compile(rb"</?[a-zA-Z][^<>]*>")
_NAME = re.compile(rb"(</?)([a-zA-Z][a-zA-Z0-9]*)")
_ATTRIBUTE = re.compile(rb'\s[a-zA-Z-]+="[^"<>]*"')
_TEXT = re.compile(rb">([^<>]{2,400})<")
_NUMBER = re.compile(rb"\d[\d.,/ ]*\d|\d")
_ITEM = re.compile(rb"<(li|p|br|dt|dd|tr|h[1-6])\b[^<>]*>[^<>]*(?:</\1>)?")
_NAMES = (
    *(b"div", b"p", b"span", b"b", b"strong", b"ul", b"ol", b"li", b"dl", b"dt", b"dd", b"table", b"tr", b"td", b"th"),
    *(b"h1", b"h2", b"h3", b"h4", b"h5", b"h6", b"a", b"br", b"hr", b"pre", b"article", b"main", b"nav", b"footer"),
    *(b"script", b"style", b"template", b"noscript", b"svg", b"math", b"title", b"head", b"body", b"html", b"base"),
    *(b"form", b"select", b"option", b"textarea", b"button", b"iframe", b"plaintext", b"frameset", b"ruby", b"x-y"),
)
_MARKS = (
    *("<!--", "-->", "<![CDATA[", "]]>", "<?xml ", "<!doctype html>", "</", "<", ">", "&", '"', "'", "=", "/>"),
    *("<br>", "<p>", "</p>", "</div>", "<b>", "</b>", "<strong>", "<a href=", "<base href='//[x'>", "<h1>", "</h1>"),
    *("<script>", "</script>", "<title>", "</title>", "</html>", "</body>", "<body hidden>", "<li>", "</ul>", "<td>"),
    *('<meta charset="utf-16">', '<html lang="">', "<p style='display:none'>", "<table>", "<h3 hidden>", "<sup>"),
    *(
        "<base href='http://b.de/'>",
        '<script type="application/ld+json">{"@graph":[null,{"@type":"Article"}]}</script>',
    ),
    '<script type="application/ld+json">[{"@type":["Article"],"headline":[1],"author":{"name":2}},3]</script>',
)
_ENTITIES = (
    *("&amp;", "&nbsp;", "&shy;", "&#0;", "&#x110000;", "&#xD800;", "&#99999999999;", "&auml;", "&auml", "&amp;amp;"),
    *("&lt;", "&gt;br&lt;", "&zwj;", "&#8238;", "&#x200b;", "&", "&;", "&#;", "&#x;", "&NotEqualTilde;", "&#13;"),
)
_CHARACTERS = (
    *("\u00a0", "\u00ad", "\u200b", "\u200d", "\u202e", "\u2028", "\ufeff", "\u0308", "\u0130", "ß", "ẞ", "ﬁ"),
    *("\u0000", "\u0007", "\u0085", "\u001f", "٣", "½", "🙂", "\U000e0041", "ſ", "Ä", "A\u0308", "–", "„", "“", "²"),
)
_WORD_LIST = """
    Zielgruppe | Projektpartner | Weitere Kooperationspartner | Ziele | Aktivitäten | Projektinformationen | Kommune
    | Gebietsbeschreibung | Kontakt | Quellen der Gebietsbeschreibung: | Zusatzinformationen | Stadt | Programmgebiet
    | Projektlaufzeit | Laufzeit: | Förderrunde | Handlungsfeld | Größe | SGB-II-Quote | Gebiet: | Stadt: | Homepage:
    | Einwohner/innenzahl | E-Mail: | Telefon | - | – | keine | k. A. | : | Koordination: | Partner: | Lesen Sie auch
    | Kommentare | Foto: Amt | Lesezeit: 3 Minuten | Cookies akzeptieren | 404 | BIWAQ | 04/2015 bis 12/2018
    | 12/2018 bis 04/2015 | 31.11.2018 | 2019-22 | seit Juli 2023 | 00/2015 | (Stand: 2013) | Ende des Jahres 2022
    | 1. April 2015 | 0 | -1 | 1.234,5 | 1.5 | 12.34.56 | 1 000 000 | 36,2 % | >50% | ∞ | 68 ha | rund 494.545
    | ein Drittel | jeder fünfte | zweiunddreißig | eine halbe Million | 3 von 10 | 1e9 | 999.999.999.999.999
    | Stadt Duisburg | Frau Dr. Muster | Bürgermeisterin Muster | Am Anger 1 | 07743 Jena | e. V. | Jenaerinnen
    | In Jena nahmen seit 2015 insgesamt 136 Menschen teil, davon 64 Frauen. | 51 von ihnen fanden Arbeit.
    | Das Projekt „Neue Wege“ wird in den Stadtteilen Lobeda und Winzerla umgesetzt. | 40 Prozent der | und | sowie
    | Rund 1,2 Mio. Euro gab der ESF. | In Kooperation mit der Werkkiste GmbH und dem Jobcenter | Frankfurt am Main
"""
_WORDS = tuple(" ".join(word.split()) for word in _WORD_LIST.split("|"))
_CHARSETS = ("utf-8", "cp1252", "iso-8859-15", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp437", "utf-7")
_DECLARED = (b"utf-8", b"iso-8859-1", b"utf-16", b"utf-7", b"windows-1252", b"x-user-defined", b"big5", b"\xff", b"")
_CONTENT_TYPES = (
    *(None, "", "text/html", "text/html; charset=iso-8859-1", "text/html;charset=utf-16", "text/plain", "\u00e4"),
    *('text/html; charset="', "text/html;charset=utf-8;charset=cp1252", "application/pdf"),
)
_ADDRESSES = (
    "",
    "http://[",
    "https://www.biwaq.de/%zz?%",
    "http://h.de/\ud800",
    "mailto:x",
    "//x",
    "http://h.de/2018/",
)

Mutation = Callable[[bytes, Random], bytes]


def flip(body: bytes, rng: Random) -> bytes:
    """Some bytes become others."""
    page = bytearray(body)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        page[rng.randrange(len(page))] = rng.randrange(256)
    return bytes(page)


def cut(body: bytes, rng: Random) -> bytes:
    """The page ends here, or begins here."""
    at = rng.randrange(len(body))
    return body[:at] if rng.random() < 0.8 else body[at:]


def delete(body: bytes, rng: Random) -> bytes:
    """A slice is missing."""
    start, end = _slice(body, rng)
    return body[:start] + body[end:]


def repeat(body: bytes, rng: Random) -> bytes:
    """A slice stands there twice or many times."""
    start, end = _slice(body, rng)
    times = min(rng.choice((1, 1, 2, 10, 100, 1000)), max(1, (MOST_BYTES - len(body)) // max(1, end - start)))
    return body[:end] + body[start:end] * times + body[end:]


def move(body: bytes, rng: Random) -> bytes:
    """A slice stands somewhere else."""
    start, end = _slice(body, rng)
    rest = body[:start] + body[end:]
    at = rng.randrange(len(rest) + 1)
    return rest[:at] + body[start:end] + rest[at:]


def swap_tags(body: bytes, rng: Random) -> bytes:
    """Two tags stand in each other's place."""
    one, other = sorted((_pick(_TAG, body, rng), _pick(_TAG, body, rng)))
    if one[1] > other[0]:
        return body
    between = body[one[1] : other[0]]
    return body[: one[0]] + body[slice(*other)] + between + body[slice(*one)] + body[other[1] :]


def rename_tag(body: bytes, rng: Random) -> bytes:
    """A tag has another name; sometimes all tags of a name."""
    start, end = _pick(_NAME, body, rng)
    if start == end:
        return body
    old, new = body[start:end].lstrip(b"</"), rng.choice(_NAMES)
    if rng.random() < 0.2:
        return body.replace(b"<" + old, b"<" + new).replace(b"</" + old, b"</" + new)
    return body[: end - len(old)] + new + body[end:]


def nest(body: bytes, rng: Random) -> bytes:
    """A tag is opened many times, and closed or not."""
    name, times = rng.choice(_NAMES), rng.choice((1, 2, 10, 300, 3000))
    start, end = _slice(body, rng)
    closing = b"</" + name + b">" if rng.random() < 0.5 else b""
    return body[:start] + (b"<" + name + b">") * times + body[start:end] + closing * times + body[end:]


def repeat_attributes(body: bytes, rng: Random) -> bytes:
    """A tag has an attribute of another tag, once or many times."""
    _, end = _pick(_NAME, body, rng)
    attribute = body[slice(*_pick(_ATTRIBUTE, body, rng))]
    times = rng.choice((1, 2, 50, 2000))
    if rng.random() < 0.3:
        return body[:end] + b"".join(b" a%d%s" % (at, attribute.strip()) for at in range(times)) + body[end:]
    return body[:end] + attribute * times + body[end:]


def drop_attributes(body: bytes, rng: Random) -> bytes:
    """All attributes of one value are gone, as after a relaunch."""
    attribute = body[slice(*_pick(_ATTRIBUTE, body, rng))]
    return body.replace(attribute, b"") if attribute else body


def insert(body: bytes, rng: Random) -> bytes:
    """A mark, an entity or a strange character stands somewhere, in text, tags and all."""
    at = rng.randrange(len(body) + 1)
    piece = rng.choice(rng.choice((_MARKS, _ENTITIES, _CHARACTERS))).encode("utf-8")
    return body[:at] + piece * rng.choice((1, 1, 1, 3, 500)) + body[at:]


def insert_in_text(body: bytes, rng: Random) -> bytes:
    """The same inside words."""
    start, end = _pick(_TEXT, body, rng)
    if end - start < 2:
        return body
    at = rng.randrange(start + 1, end)
    return body[:at] + rng.choice(rng.choice((_MARKS, _ENTITIES, _CHARACTERS, _WORDS))).encode() + body[at:]


def other_words(body: bytes, rng: Random) -> bytes:
    """A text becomes a label, a figure, a date or a sentence that means something to a parser."""
    start, end = _pick(_TEXT, body, rng)
    if start == end:
        return body
    words = " ".join(rng.choices(_WORDS, k=rng.choice((1, 1, 1, 2, 6, 40))))
    keep = rng.random()
    before = body[start + 1 : end - 1] if keep < 0.4 else b""
    return body[: start + 1] + (before + b" " if before else b"") + words.encode() + body[end - 1 :]


def other_number(body: bytes, rng: Random) -> bytes:
    """A number becomes another."""
    start, end = _pick(_NUMBER, body, rng)
    number = rng.randrange(10 ** rng.randrange(1, 20))
    printed = rng.choice((f"{number}", f"{number:,}".replace(",", "."), f"{number / 100:.2f}", "1.2", "٣", "9" * 500))
    return body[:start] + printed.encode() + body[end:]


def same_text(body: bytes, rng: Random) -> bytes:
    """A text stands in the place of another of the same page."""
    one, other = _pick(_TEXT, body, rng), _pick(_TEXT, body, rng)
    return body[: one[0]] + body[slice(*other)] + body[one[1] :]


def more_items(body: bytes, rng: Random) -> bytes:
    """A list has an entry more, or hundreds."""
    start, end = _pick(_ITEM, body, rng)
    return body[:end] + body[start:end] * rng.choice((1, 2, 30, 400)) + body[end:]


def shuffle(body: bytes, rng: Random) -> bytes:
    """All tags stay, the texts between them change places."""
    pieces = re.split(rb"(<[^<>]*>)", body)
    texts = pieces[::2]
    rng.shuffle(texts)
    pieces[::2] = texts
    return b"".join(pieces)


def other_charset(body: bytes, rng: Random) -> bytes:
    """The page is sent in another charset, or says so, or both."""
    if rng.random() < 0.5:
        body = re.sub(rb"(charset=[\"']?)[\w-]+", lambda hit: hit[1] + rng.choice(_DECLARED), body, count=2)
    if rng.random() < 0.6:
        return body.decode("utf-8", "replace").encode(rng.choice(_CHARSETS), "replace")
    return body.decode("cp1252", "replace").encode() if rng.random() < 0.5 else body


def case(body: bytes, rng: Random) -> bytes:
    """A slice is written large or small."""
    start, end = _slice(body, rng)
    return body[:start] + (body[start:end].upper() if rng.random() < 0.5 else body[start:end].lower()) + body[end:]


MUTATIONS: tuple[Mutation, ...] = (
    *(flip, cut, delete, repeat, move, swap_tags, rename_tag, nest, repeat_attributes, drop_attributes, insert),
    *(insert_in_text, insert_in_text, other_words, other_words, other_words, other_number, other_number, same_text),
    *(same_text, more_items, shuffle, other_charset, case),
)


def mutated(start: Sequence[Sample], seed: int, number: int) -> Sample:
    """Mutated page `number` of `seed`: one of `start`, perhaps spliced with another, with one to eight mutations."""
    rng = Random(f"{seed}/{number}")
    sample = rng.choice(start)
    body = sample.body
    if rng.random() < 0.1:
        other = rng.choice(start).body
        body = body[: rng.randrange(len(body))] + other[rng.randrange(len(other)) :]
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        body = rng.choice(MUTATIONS)(body, rng)[:MOST_BYTES] or b" "
    url = sample.url if rng.random() < 0.95 else rng.choice(_ADDRESSES)
    content_type = sample.content_type if rng.random() < 0.8 else rng.choice(_CONTENT_TYPES)
    return Sample(sample.name, sample.page_type, url, body, content_type)


def _slice(body: bytes, rng: Random) -> tuple[int, int]:
    start = rng.randrange(len(body))
    longest = rng.choice((1, 8, 100, 1000, 10_000))
    return start, min(len(body), start + rng.randrange(1, longest + 1))


def _pick(pattern: re.Pattern[bytes], body: bytes, rng: Random) -> tuple[int, int]:
    """The place of one match: the first behind a random place, else the first of all, else nothing."""
    found = pattern.search(body, rng.randrange(len(body) + 1)) or pattern.search(body)
    return found.span() if found is not None else (0, 0)

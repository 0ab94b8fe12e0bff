"""The words that belong to a figure: its clause, what stands before and behind it, up to the next figure.

Belongs here: cutting a sentence around its figures. Does not: what the words mean.
Concept: words nearest to a figure tell of it; a base ("51 der 136") and an inserted part are passed over.
"""

from __future__ import annotations

import re

from parsers.claim_predicates import metric_of
from parsers.claim_words import lowered, pattern
from parsers.figures import Figure, figures, segments

COUNTS = ("participant", "person", "placed", "placement", "apprentice", "company", "bare")
OUT_OF = re.compile(r"^\s(?:von|der|aus|unter)\s(?:den\s|diesen\s|insgesamt\s|allen\s|\w+e[nr]\s)*$")
_FROM = re.compile(r"\b(?:von|unter)\s(?:den\s|diesen\s|allen\s|insgesamt\s|rund\s|[a-zäöüß]+ten\s|\w+igen\s)*$")
# A clause that goes on with those just counted, not with somebody else.
_GOES_ON = re.compile(r"\s*(?:die|der|denen|welche|sie|diese|und|sowie|wovon|um|oder|(?:weil|da|nachdem|indem) sie)\b")
_APPOSITION = re.compile(
    r"\s*(?:(?:also|genau|exakt|nämlich|und zwar|mithin|somit|immerhin|sprich|das sind|das ist)\s)+$"
)
_MANAGED = re.compile(r"\b(?:gel[ua]ng(?:en)?|geschafft|glückte|geglückt|schaff(?:t|te|ten|en))\b")
_TO_DO = re.compile(r"\bzu \w+en\b|\w+zu\w+en\b")
_OF_PART = re.compile(r"[,;:–„] ?(?:davon|hiervon|von ihnen|von denen)\b[^,;:]*")
_RELATIVE = re.compile(r"\s(?:die|der|denen|welche[rn]?)\s(?!davon|meisten|anderen|übrigen)")
_FINITE = re.compile(
    r"\b(?:ist|sind|war|waren|hat|haben|hatten?|gibt|gab|wird|werden|wurden?|leb\w+|wohn\w+|zähl\w+|kommen"
    r"|kamen|suchten?|suchen)\b"
)
_PASSIVE = re.compile(r"\b(?:wurden?|wird|werden)\b")
_ADJECTIVE = re.compile(r"\b(?<=\bder )\w+(?:ten|enen)(?=\s$)|\b(?<=\bdie )\w+(?:ten|enen)(?=\s$)")
_AHEAD = 60  # characters before a figure in which its article or preposition stands


_SAID = re.compile(r"\b(?:seien|sei|habe)\b")
_AS_FACT = {"seien": "sind ", "sei": "ist", "habe": "hat "}


def _said(low: str) -> str:
    """Reported speech as plain statement, of the same length: "man habe 84 Menschen beraten"."""
    return _SAID.sub(lambda hit: _AS_FACT[hit.group()], low)


class Clauses:
    """A blanked sentence with its segments and figures, and the runs of words around each figure.

    `text` and every run is in small letters, `raw` as written.
    """

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.text = _said(lowered(raw))
        self.parts = segments(raw)
        self.figures = figures(raw, self.text, self.parts)

    def segment(self, figure: Figure) -> str:
        """The clause in which the figure stands."""
        start, end = self.parts[figure.segment]
        return self.text[start:end]

    def ahead(self, figure: Figure) -> str:
        """The few words just before the figure."""
        return self.text[max(0, figure.first - _AHEAD) : figure.first]

    def adjective_before(self, figure: Figure) -> str:
        """The participle just before the figure: "der vermittelten 84 Personen"."""
        found = _ADJECTIVE.search(self.ahead(figure))
        return found.group() if found else ""

    def before(self, at: int) -> str:
        """The words of the figure's clause before it, from the figure before."""
        start, end = self._before(at)
        return self.text[start:end]

    def after(self, at: int) -> str:
        """The words of the figure's clause behind it, up to the next figure; in "51 der 136" behind the base."""
        start, end = self._after(at)
        return self.text[start:end]

    def own(self, at: int) -> str:
        """The words before and behind the figure."""
        return f"{self.before(at)} {self.after(at)}"

    def raw_own(self, at: int) -> str:
        """As `own`, as written."""
        before, after = self._before(at), self._after(at)
        return f"{self.raw[before[0] : before[1]]} {self.raw[after[0] : after[1]]}"

    def limit(self, at: int) -> int:
        """Where the words behind a figure end: at the next figure, or at the end of its clause."""
        end = self.parts[self.figures[at].segment][1]
        following = self._next(at)
        return end if following is None else min(end, self.figures[following].first)

    def between(self, at: int) -> str:
        """The words between the figure and the one before."""
        return self.text[self.figures[at - 1].last : self.figures[at].first]

    def until_next(self, at: int) -> str:
        """From the figure to the next one, over commas and past inserted parts.

        Behind a clause that is complete by itself only those clauses count that go on with the same people.
        """
        figure = self.figures[at]
        scope, place, first = "", figure.last, self.limit_of(figure)
        for following in self.figures[at + 1 :]:
            if following.kind not in COUNTS and following.kind != "percent":
                continue
            if OUT_OF.match(self.text[figure.last : following.first]):
                scope, place, first = "", following.last, self.limit_of(following)
                continue
            start, end = self.parts[following.segment]
            if following.segment == figure.segment or not self.is_inserted(following):
                stop = following.first if following.segment == figure.segment else start
                return self._same_people(at, scope + self.text[place : max(place, stop)], first)
            scope, place = scope + self.text[place:start], end
        return self._same_people(at, scope + self.text[place:], first)

    def shared(self, at: int) -> str:
        """What stands before the first and behind the last figure of the clause: the predicate that a list shares."""
        segment = self.figures[at].segment
        same = [figure for figure in self.figures if figure.segment == segment and figure.kind in COUNTS]
        if len(same) < 2:
            return ""
        start, end = self.parts[segment]
        return f"{self.text[start : same[0].first]} {self.text[same[-1].last : end]}"

    def is_base(self, at: int) -> bool:
        """True for the 136 of "51 der 136 Teilnehmer" and of "Von 136 Teilnehmern wurden 51 vermittelt"."""
        figure = self.figures[at]
        if at and OUT_OF.match(self.text[self.figures[at - 1].last : figure.first]):
            return True
        following = self._next(at)
        if following is None or _FROM.search(self.ahead(figure)) is None:
            return False
        is_agent = self.figures[following].segment != figure.segment and _PASSIVE.search(self.before(at)) is not None
        return not is_agent  # "Das Coaching wurde von 88 Menschen angenommen, 19 von ihnen …"

    def base_of(self, at: int) -> Figure | None:
        """The 136 for the 51 of "51 der 136 Teilnehmer"."""
        following = self.figures[at + 1] if at + 1 < len(self.figures) else None
        is_base = following is not None and OUT_OF.match(self.text[self.figures[at].last : following.first])
        return following if is_base else None

    def _before(self, at: int) -> tuple[int, int]:
        figure = self.figures[at]
        start = self.parts[figure.segment][0]
        if at and self.figures[at - 1].segment == figure.segment:
            previous = self.figures[at - 1]
            start = previous.end if previous.kind in ("other", "staff") else previous.last
        return start, figure.first

    def _after(self, at: int) -> tuple[int, int]:
        figure, following = self.figures[at], self._next(at)
        if following is not None and OUT_OF.match(self.text[figure.last : self.figures[following].first]):
            return self.figures[following].last, self.limit(following)
        return figure.last, self.limit(at)

    def _next(self, at: int) -> int | None:
        for index in range(at + 1, len(self.figures)):
            kind = self.figures[index].kind
            if kind in COUNTS or kind == "percent":
                return index
        return None

    def is_inserted(self, figure: Figure) -> bool:
        """True for ", darunter 64 Frauen," and "– genau 827 –"."""
        start, end = self.parts[figure.segment]
        clause = self.text[start:end]
        if metric_of(clause) is not None or clause.lstrip().startswith(("und ", "sowie ")):
            return False
        if self.text[start - 1 : start] == "(" and self.text[end : end + 1] == ")":
            return True
        if _APPOSITION.match(self.text[start : figure.first]) and not self.text[figure.last : end].strip():
            return end < len(self.text) - 1
        rest = len(clause.strip()) - (figure.last - figure.start)  # "– genau 827 –", ", 57 Personen,"
        bare = rest <= (10 if figure.kind == "bare" else 3) and end < len(self.text) - 1 and self.text[end] != "("
        behind = pattern("phrase", "part_behind", before=r"\s").match(self.text, figure.end, end)
        return bare or behind is not None or pattern("phrase", "part_before").match(clause.lstrip()) is not None

    def label(self, at: int) -> tuple[int, int] | None:
        """The words before the colon of "Vermittelt in Arbeit: 88": nothing but the bare figure stands behind it."""
        figure = self.figures[at]
        start, end = self.parts[figure.segment]
        if figure.kind != "bare" or not figure.segment or self.text[start - 1] != ":":
            return None
        if self.text[start : figure.first].strip() or self.text[figure.last : end].strip(" .!·"):
            return None
        colon = start - 1
        return max(self.text.rfind(sign, 0, colon) for sign in ",;–„") + 1, colon

    def limit_of(self, figure: Figure) -> int:
        """How many characters of its clause stand behind a figure."""
        return max(0, self.parts[figure.segment][1] - figure.last)

    def relative(self, figure: Figure) -> tuple[int, int] | None:
        """The relative clause right behind a figure: "93 Menschen, die einen Vertrag erhielten,"."""
        segment = figure.segment + 1
        if segment >= len(self.parts) or self.text[figure.last : self.parts[segment - 1][1]].strip():
            return None
        start, end = self.parts[segment]
        is_relative = self.text[start - 1] == "," and _RELATIVE.match(self.text, start, end) is not None
        return (start, end) if is_relative else None

    def reach(self, figure: Figure) -> tuple[int, int]:
        """The clause of a figure, with the relative clause behind it."""
        start, end = self.parts[figure.segment]
        found = self.relative(figure)
        return start, end if found is None else found[1]

    def _same_people(self, at: int, scope: str, first: int) -> str:
        """`scope` up to the first clause that speaks of somebody else."""
        part = _OF_PART.search(scope, first)
        if part is not None and metric_of(part.group()) is not None:
            scope = scope[: part.start()]  # "320 Teilnehmende, davon wollen wir ein Viertel in Arbeit bringen"
        own, rest = scope[:first], scope[first:]
        if not rest or not _FINITE.search(self.before(at) + own):
            return scope
        if (_MANAGED.search(own) and _TO_DO.search(rest)) or (rest.startswith(":") and not _FINITE.search(rest)):
            return scope
        return scope if _GOES_ON.match(rest.lstrip(' ,;:–—-()"“”„«»')) else own

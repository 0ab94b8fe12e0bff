"""Figures whose predicate does not stand beside them: labels ("Beratene Betriebe: 57"), relative clauses, gaps.

Belongs here: where else the words stand that say what happened to those counted. Does not: what the words mean.
Concept: each rule gives a metric only where its form is plain to see; anything else stays unread.
"""

from __future__ import annotations

import re

from parsers.claim_parts import LeaningFigures
from parsers.claim_predicates import metric_of
from parsers.claim_words import has, without
from parsers.figures import Figure, noun_kind

_NOUN = re.compile(r"[A-ZÄÖÜ]\w+(?:[*:/_-]+\w+)*")
_AND_BEFORE = re.compile(r"\b(?:und|sowie|bzw\.|beziehungsweise|dann)\s$")
_DONE = re.compile(r"\b(?:\w{0,9}ge\w{2,}(?:t|en)|\w+iert|(?:be|ver|er|unter)\w{3,}(?:t|en))\b[\s.]*$")
_DONE_AND = re.compile(r"\b(?:\w{0,9}ge\w{2,}(?:t|en)|\w+iert|(?:be|ver|er|unter)\w{3,}(?:t|en)) und(?: \w+){0,2}\s$")
_PROJECT = re.compile(r"\b(?:\w*projekts?|maßnahme|programms?|coachings?)\b")
_ATTAINED = re.compile(r"\b(?:erreicht|erzielt|realisiert|gelungen|geschafft|geworden)\b")
_NOT_OF_PROJECT = re.compile(r"(?:be|ein|an)wohn|menschen$|haushalt|bevölkerung|langzeit|arbeitslos", re.IGNORECASE)
_OFFICE = re.compile(
    r"(?:^|[:,;–] )(?:\w+ )?(?:das jobcenter|die (?:\w+er |bundes|arbeits)?agentur|das arbeitsamt"
    r"|die (?:\w*kammer|schuldnerberatung|verbraucherzentrale|musikschule|feuerwehr|polizei)"
    r"|die beratungsstelle der verbraucherzentrale)\b[^,;]*$"
)
_BY_THEM = re.compile(r"\b(?:von|durch)\s$")
_FURTHER = re.compile(r"\b(?:weitere[nr]?|zusätzlich(?:e[nr]?)?)\s$")
_PASSIVE_HELP = re.compile(
    r"\b(?:wird|wurden?|werden|worden)\b.*\b(?:unterstützt|gefördert|begleitet|beraten|betreut|getragen)\b"
    r"|\b(?:unterstützt|gefördert|begleitet|beraten|betreut|getragen)\b.*\b(?:wird|wurden?|werden|worden)\b"
)
_TRAINED = re.compile(r"\bausbildungs(?:verträge|aufnahmen|verhältnisse)\b")
_ARTICLE = re.compile(r"\b(?:eine[nmr]?|ein|und|sowie)\b")
_IN_THEM = re.compile(r"\b(?:in|an|auf|aus|vor)\s(?:(?:den|unseren|ihren|seinen|allen|diesen|insgesamt)\s)?$")
# "Die Zahl der Teilnehmenden ist auf 136 gestiegen": what is counted stands before the figure.
_NUMBER_OF = (
    (re.compile(r"\b(?:zahl|anzahl|kreis) (?:der|von|aller) (?:\w+ ){0,2}(?:teilnehme|geförderte)\w+"), "participants"),
    (re.compile(r"\bteilnehm\w+zahl\w*"), "participants"),
    (re.compile(r"\b(?:zahl|anzahl) der (?:\w+ )?(?:vermittlungen|arbeitsaufnahmen|vermittelten)\b"), "employed"),
    (
        re.compile(r"\bdie (?:zahl )?der (?:\w+ )?(?:vermittlungen|arbeitsaufnahmen|vermittelten) (?:bei|auf)\b"),
        "employed",
    ),
    (
        re.compile(r"\b(?:zahl|anzahl) der (?:betreu|berat|unterstütz|begleit)\w+ (?:unternehmen|betriebe|firmen)\b"),
        "companies_supported",
    ),
)
_LABEL = re.compile(r"\b(?:teilnehme\w+|geförderte|beratene)(?:\s\w+)?:\s$")
_ENTRY = re.compile(
    r"\s(?:heute |wieder |inzwischen |jetzt )?in (?:(?:feste[rn]?|einem|einer|neuen) ){0,2}"
    r"(arbeit|beschäftigung|job|lohn und brot|(?:berufs)?ausbildung)[\s.]*$"
)
_NAMED_OUTCOMES = (("training", "training"), ("employed", "employed"))


class LabelledFigures(LeaningFigures):
    """A sentence whose figures are read, with the predicates that stand elsewhere."""

    def labelled(self, at: int) -> str | None:
        """The metric of "Vermittelt in den ersten Arbeitsmarkt: 88"."""
        found = self.label(at)
        return None if found is None else self._of_label(self.raw[slice(*found)], self.text[slice(*found)])

    def _of_label(self, label: str, low: str) -> str | None:
        """What the words of a label count: the outcome it names, else the people or companies."""
        if has("employed", "lost", low) or has("not_counted", "context", low) or has("not_counted", "event", low):
            return None
        for table, metric in _NAMED_OUTCOMES:
            other = "employed" if table == "training" else "training"
            if has(table, "object", low) and not has(other, "object", low):
                named = has(table, "nominal", low) or metric_of(low) == metric
                return metric if named else None
        kinds = {noun_kind(noun)[0] for noun in _NOUN.findall(label)}
        said = metric_of(low)
        if _TRAINED.search(low) or ("placement" in kinds and has("training", "object", low)):
            return "training"
        if kinds & {"placement", "placed"}:
            return "employed"
        if "participant" in kinds and said is None:
            return "participants"
        if "company" in kinds:
            return "companies_supported" if said == "participants" else None
        return said if kinds & {"participant", "person", "placed"} or said == "employed" else None

    def of_relative(self, figure: Figure) -> str | None:
        """The metric that the clause right behind gives: "93 Menschen, die einen Arbeitsvertrag erhielten,"."""
        found = self.relative(figure)
        return None if found is None else metric_of(self.text[slice(*found)])

    def has_own_verb(self, at: int) -> bool:
        """True for the 36 of "88 Menschen aufgenommen und mit 36 Firmen gesprochen": the words before are of 88."""
        if not at or self.figures[at - 1].segment != self.figures[at].segment:
            return False
        return _DONE_AND.search(self.before(at)) is not None and _DONE.search(self.after(at)) is not None

    def without_verb(self, at: int) -> str | None:
        """The metric of the 96 of "420 Beratene, 96 Menschen in Arbeit": an entry of a list that has no verb."""
        entry = None if not at or self.before(at).strip(" –-") else _ENTRY.match(self.after(at))
        return None if entry is None else "training" if entry[1].endswith("ausbildung") else "employed"

    def gapped(self, at: int) -> str | None:
        """The metric of the 51 of "145 wechselten in Arbeit und 51 in eine Ausbildung": the verb is left out."""
        before, after = self.before(at), self.after(at)
        if not at or self.figures[at - 1].segment != self.figures[at].segment or not _AND_BEFORE.search(before):
            return None
        if not (has("employed", "object", after) or has("training", "object", after)):
            return None
        verb = _ARTICLE.sub(" ", without("training", "object", without("employed", "object", before)))
        return metric_of(f"{verb} {after}")

    def is_of_others(self, at: int) -> bool:
        """True where an office counts its clients ("Das Jobcenter betreut 8.200 Menschen") or the figure is who helps
        ("Unterstützt wird die Aktion von 26 Unternehmen")."""
        figure, segment = self.figures[at], self.segment(self.figures[at])
        if _BY_THEM.search(self.ahead(figure)) and _PASSIVE_HELP.search(segment) and not self.is_base(at):
            return True
        if figure.kind == "company" and _IN_THEM.search(self.ahead(figure)):
            return True  # "in den drei Arbeitsläden beraten": where, not whom
        at_project = _PROJECT.search(self.text) or has("not_counted", "biwaq", self.text) or "teilnehm" in self.text
        return not at_project and _OFFICE.search(self.text[: figure.first]) is not None

    def is_of_project(self, at: int) -> bool:
        """False for a share of the people of a town, unless a clause says that they took part."""
        figure = self.figures[at]
        if not _NOT_OF_PROJECT.match(figure.noun):
            return True
        who = self.relative(self.base_of(at) or figure)
        return who is not None and (
            metric_of(self.text[slice(*who)]) == "participants" or _PROJECT.search(self.text[slice(*who)]) is not None
        )

    def restates(self, at: int) -> bool:
        """True for the share of "62 Teilnehmende, also jeder dritte," and of "die Hälfte – genau 54 Prozent –"."""
        if not at:
            return False
        before = self.figures[at - 1]
        if self.readings[at - 1].metric == "placement_rate" and _FURTHER.search(
            self.figures[at].modifiers + self.ahead(self.figures[at])
        ):
            return True
        if before.kind == "percent" and noun_kind(before.noun)[0] == "participant":
            return True  # "68 Prozent der Teilnehmenden lernten Deutsch, 31 Prozent fanden Arbeit"
        return (
            self.is_inserted(self.figures[at])
            and before.segment == self.figures[at].segment - 1
            and before.kind in ("participant", "percent")
        )

    def attains(self, at: int) -> bool:
        """True for the 31 of "Angepeilt sind 75 Vermittlungen, erreicht wurden 31"."""
        if not at or self.figures[at].kind != "bare" or self.readings[at - 1].status != "planned":
            return False
        return self.readings[at - 1].metric is not None and _ATTAINED.search(self.own(at)) is not None

    def apprentices(self, at: int) -> str | None:
        """The metric of "32 Ausbildungsverträge" and of "28 begonnene Ausbildungen"; there always are apprentices."""
        figure = self.figures[at]
        begun = has("training", "verb", self.own(at)) or has(
            "training", "nominal", f"{figure.modifiers} {self.own(at)}"
        )
        return "training" if figure.noun.startswith("Ausbildungs") or (figure.noun.endswith("en") and begun) else None

    def number_of(self, at: int) -> str | None:
        """The metric of "Die Zahl der Vermittlungen stieg auf 51" and of "Teilnehmende gesamt: 827"."""
        if _LABEL.search(self.ahead(self.figures[at])):
            return "participants"
        start = self.parts[self.figures[at].segment][0]
        rises = self.ahead(self.figures[at]).endswith(" auf ")  # "Die Teilnehmerzahl stieg von 60 auf 90"
        before = self.text[start : self.figures[at].first] if rises else self.before(at)
        return next((metric for words, metric in _NUMBER_OF if words.search(before)), None)

    def leans_on_no_claim(self, at: int) -> bool:
        """True for the 60 of "900 Schülerinnen und Schüler, 60 von ihnen beginnen eine Ausbildung"."""
        if not at or self.earlier.claims or not self.has_anaphor(self.figures[at]) or self.parent(at) is not None:
            return False
        before = self.readings[at - 1]
        return before.metric is None and before.figure.kind == "person" and before.figure.group == "other_group"

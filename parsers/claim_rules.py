"""What the figures of one sentence mean: metric, group and status, or why one is no claim.

Belongs here: the rules for figures of people and companies. Does not: money (money_rules), time and place (claims).
Concept: a figure is a claim only where its words say what happened; what looks like one and is not read, is reported.
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.claim_labels import LabelledFigures
from parsers.claim_parts import COPULA, NOT_UNDERSTOOD, UNKNOWN_GROUP
from parsers.claim_predicates import metric_of, stands_for_itself
from parsers.claim_words import has, lowered, pattern, without
from parsers.clauses import COUNTS
from parsers.figures import Figure, group_in
from parsers.readings import Reading

_MOST_PEOPLE = 200_000  # the whole programme reached some ten thousand a round; more are inhabitants, or a misread sum
_NOT_BUT = re.compile(r"\bnicht\s$")
# "58 mehr als ein Jahr zuvor", "stieg um 20 auf 136": a difference counts nobody.
_DIFFERENCE = re.compile(r"\s(?:mehr|weniger)\s(?:als|denn)\b")
_BY = re.compile(r"\b(?:um|plus|minus)\s$")
_GOES_UP_OR_DOWN = re.compile(
    r"\b(?:stieg\w*|sank\w*|gestiegen|gesunken|erhöht\w*|reduziert\w*|zurückgegangen|gewachsen|auf)\b"
)
# "über dem Bundesdurchschnitt von 35 Prozent": somebody else's rate.
_AVERAGE = re.compile(
    r"(?<!\bim )\b\w*(?:durchschnitts?|schnitts?|mittel)\w*\s(?:von|bei|\()\s?$|\b(?:bundesweit|landesweit)\w*\s$"
)
_ON_AVERAGE = re.compile(r"\bim (?:bundes|landes)(?:durch)?schnitt\b")
_TO_ANOTHER = re.compile(r"\sauf\s(?:\w+\s)?(?=\d|\w+\s)|(?:\s[\w·]+){1,4}\sauf\s(?:\w+\s)?(?=\d)")
_NTH = re.compile(r"\bjede[rnms]? \w+$")
_WHO = re.compile(r"(?:\s(?:derer|derjenigen|jener))?,\s(?:der|die|den|dem)\s[^,]*")
_KNOWN_BASE = re.compile(r"\b(?:von|unter)\s(?:den|diesen|allen|insgesamt|den insgesamt)\s$")
_QUOTA = re.compile(
    r"(?:vermittlungs|integrations|erfolgs|übergangs)quote\b(?! (?:de[sr] )?(?:jobcenter|agentur|arbeitsagentur"
    r"|bundes))"
    r"|quote der (?:\w+ )?(?:vermittlung|vermittelt|integration)\w*|vermittlungen\b.*\bquote\b"
)
_SHARE_OF_THOSE = re.compile(r"\b(?:anteil|quote) (?:derer|derjenigen|der \w+), die\b")
_INFINITIVE = re.compile(r"\bzu \w+(?:en|eln|ern)\b")
_WHOLE = re.compile(r"\b(?:mit|bei|von|für|unsere[nr]?|alle[nr]?|auf|der|den)\s$")
_IN_PROJECT = re.compile(r"\s(?:in der maßnahme|im projekt|im programm)\b")
_IN_QUARTER = re.compile(
    r"\s(?:im|in der|in dem|aus dem|des)\s\w*(?:stadt|stadtteils?|quartiers?|gebiets?|viertels?|bezirks?)\b"
)
_MANAGED_TO = re.compile(r"\b(?:gelang|gelungen|geschafft|schafft\w*|glückte)\b[^.;:,]*,[^.;:,]*$")
_COUNSEL = re.compile(r"\b\w*(?:beratung|sprechstunde|coaching)\w*\b")
_INSTEAD = re.compile(r"\b(?:statt|anstatt|anstelle von)(?: der)?\s(?:\w+ten\s)?$")
_OF_THE = re.compile(r"\bder\s$")
_TAKES_PART = re.compile(r"\b(?:nahmen|nehmen|teil)\b")
_TAKES_PART_APART = re.compile(r"\b(?:nahmen|nehmen)\b.*\bteil\b")
_HELPING = re.compile(r"\b(?:wurden|haben|hatten|konnten|sind|waren)\b")
_THAT_IS = re.compile(r"\b(?:nämlich|und zwar|genau gesagt)\s$")
_UNREAD = {"both": "work and training in one figure", "unclear": "helped into work: supported or placed?"}


class SentenceReader(LabelledFigures):
    """Reads the figures of one blanked sentence."""

    def read(self) -> list[Reading]:
        """One reading a figure, in order."""
        for at in range(len(self.figures)):
            self.readings.append(self._read(at))
        for at, reading in enumerate(self.readings):
            if reading.rule == "plan_beside_result":
                self.readings[at] = self.as_partner(at, reading)
            elif self._awaits_next(at):
                following = self.readings[at + 1]
                self.readings[at] = replace(
                    reading, metric=following.metric, group=following.group, rule="same_as_next"
                )
        return self.readings

    def _read(self, at: int) -> Reading:
        figure = self.figures[at]
        if (figure.kind not in COUNTS and figure.kind != "percent") or self._is_no_claim(at):
            return Reading(figure)
        if figure.kind == "percent":
            return self._rate(at)
        if figure.in_range:
            of_people = figure.kind != "bare" or (
                at + 1 < len(self.figures) and self.figures[at + 1].kind in ("person", "participant")
            )
            return Reading(figure, unread="a range, no figure" if of_people else None)
        return self._count(at)

    def _awaits_next(self, at: int) -> bool:
        """True for the 120 of "2016 wurden 120, 2017 schon 183 Menschen beraten": the verb stands at the end of all."""
        reading = self.readings[at]
        if reading.figure.kind != "bare" or reading.metric or reading.unread or at + 1 == len(self.readings):
            return False
        following = self.readings[at + 1]
        is_list = following.figure.segment == reading.figure.segment + 1 and following.metric is not None
        return is_list and _HELPING.search(self.before(at)) is not None and stands_for_itself(self.raw_own(at))

    # --- what is no claim ---

    def _is_no_claim(self, at: int) -> bool:
        figure, segment = self.figures[at], self.segment(self.figures[at])
        return (
            has("not_counted", "survey", self.text)
            or (has("not_counted", "unreal", self.text) and not has("status", "reported", lowered(self.raw)))
            or (figure.kind != "percent" and has("not_counted", "capacity", self.own(at)))
            or has("not_counted", "elsewhere", segment)
            or has("not_counted", "context", figure.modifiers)
            or (_NOT_BUT.search(self.ahead(figure)) is not None and "sondern" in self.text[figure.end :])
            or figure.value > _MOST_PEOPLE
            or self._is_difference(figure)
            or self.is_of_others(at)
            or self._is_ratio(figure)
            or (figure.noun == "Kindern" and self.ahead(figure).endswith((" mit ", " von ")))  # a mother's
        )

    def _is_difference(self, figure: Figure) -> bool:
        if _DIFFERENCE.match(self.text, figure.last) or self._is_start_of_rise(figure):
            return True
        return _BY.search(self.ahead(figure)) is not None and _GOES_UP_OR_DOWN.search(self.segment(figure)) is not None

    def _is_start_of_rise(self, figure: Figure) -> bool:
        """True for the 60 of "stieg von 60 auf 90"."""
        return _TO_ANOTHER.match(self.text, figure.last) is not None and self.ahead(figure).endswith(" von ")

    def _is_ratio(self, figure: Figure) -> bool:
        """True for "Drei von zehn Teilnehmenden": neither three nor ten people."""
        for part, whole in zip(self.figures, self.figures[1:], strict=False):
            if figure in (part, whole) and (whole.value <= 10 or whole.value == 100):
                return self.text[part.end : whole.first].strip() == "von"
        return False

    def _is_other_crowd(self, figure: Figure) -> bool:
        """Guests of an event, people of a town: not participants of the project."""
        segment = without("not_counted", "event_as_time", self.segment(figure))
        if has("not_counted", "event", segment) or (
            figure.kind != "participant"
            and has("not_counted", "visit", segment)
            and not _COUNSEL.search(segment)
            and metric_of(without("not_counted", "visit", segment)) is None
        ):
            return True
        return figure.kind != "participant" and has("not_counted", "context", segment)

    # --- rates ---

    def _rate(self, at: int) -> Reading:
        """A placement rate: named so, or a share of the participants of whom the sentence says that they found work."""
        figure = self.figures[at]
        if _AVERAGE.search(self.ahead(figure)) or _ON_AVERAGE.search(self.before(at)):
            return Reading(figure)
        if _QUOTA.search(self.text):
            return Reading(figure, "placement_rate", figure.group, self.status(at), "placement_rate_named")
        of_those = _SHARE_OF_THOSE.search(self.text) is not None
        metric = metric_of(self.text if of_those else self.own(at)) or metric_of(self.until_next(at))
        if metric not in ("employed", "training", "both") or not self.is_of_project(at):
            return Reading(figure)
        if not figure.noun and not of_those and not self._is_nth_who(figure) and not self.restates(at):
            return Reading(figure, unread="a share, but not of whom")
        if figure.group == "other_group":
            return Reading(figure, unread=UNKNOWN_GROUP)
        return Reading(figure, "placement_rate", figure.group, self.status(at), "share_of_participants")

    def _is_nth_who(self, figure: Figure) -> bool:
        """True for "Jeder Dritte, der beraten wurde, …": the clause behind says of whom."""
        who = _WHO.match(self.text, figure.last)
        is_nth = _NTH.search(self.text[: figure.last]) is not None or (who is not None and who.group()[0] == " ")
        return is_nth and who is not None and metric_of(who.group()) == "participants"

    # --- counts ---

    def _count(self, at: int) -> Reading:
        figure = self.figures[at]
        part = self.part(at)
        if part is not None:
            return part
        metric, rule = self._metric(at)
        if metric in ("employed", "training") and self.leans_on_no_claim(at):
            return Reading(figure, unread=NOT_UNDERSTOOD)
        if metric is None:
            return self._without_metric(at)
        if metric in _UNREAD:
            return Reading(figure, unread=_UNREAD[metric])
        if metric == "participants" and self._is_other_crowd(figure):
            return Reading(figure)
        if figure.group == "other_group":
            return Reading(figure, unread=UNKNOWN_GROUP)
        return self._claim(at, metric, rule)

    def _claim(self, at: int, metric: str, rule: str) -> Reading:
        figure = self.figures[at]
        if figure.kind == "company" or (figure.kind == "bare" and self.kind_before(at) == "company"):
            if metric not in ("participants", "companies_supported"):
                return Reading(figure)
            metric = "companies_supported"
        base = self.base_of(at)
        if base is not None and base.kind == "company":
            return Reading(figure, unread=NOT_UNDERSTOOD)  # "15 der 40 Betriebe, die beraten wurden, …"
        if base is not None and base.kind == "staff":
            return Reading(figure)  # "240 der 300 früheren Beschäftigten"
        value = figure.value
        if self._is_others(figure):
            value, rule = value + 1, "others_plus_one"
        group = self.group_of_context(at) if figure.group == "all" else figure.group
        follows = bool(self.earlier.claims) and self.parent(at) is None and self.has_anaphor(figure)
        return Reading(figure, metric, group, self.status(at), rule, value=value, follows=follows)

    def _is_others(self, figure: Figure) -> bool:
        """True for "neben 34 anderen Teilnehmern"; "neben ihm 34 weitere" counts only those."""
        if not has("phrase", "others", figure.modifiers):
            return False
        return pattern("phrase", "company_of_others", behind=r"\s$").search(self.ahead(figure)) is not None

    def _metric(self, at: int) -> tuple[str | None, str]:
        """The metric of a count and the rule that found it; the words nearest to the figure are asked first."""
        figure = self.figures[at]
        if figure.kind in ("placed", "placement"):
            return ("employed" if figure.kind == "placed" else self._placements(at)), "outcome_in_noun"
        said = f"{figure.modifiers} {self.adjective_before(figure)}"
        if has("employed", "placed_alone", said):
            return "employed", "outcome_in_modifier"
        if figure.kind == "apprentice":
            return self.apprentices(at), "outcome_in_noun"
        if self.label(at) is not None:
            return self.labelled(at), "label"
        if figure.kind == "bare" and (named := self.number_of(at)) is not None:
            return named, "number_of"
        if self.attains(at):
            return self.readings[at - 1].metric, "result_of_plan"
        is_base = self.is_base(at)
        if is_base and figure.kind != "company" and (metric := self.of_relative(figure)) is not None:
            return metric, "relative_clause"
        if not is_base:
            found = self._metric_by_predicate(at)
            if found is not None:
                return found
        if has("participants", "verb", said):
            return "participants", "participants_named"
        if figure.kind == "participant" and not is_base and has("employed", "placed_elsewhere", self.own(at)):
            return None, ""  # "67 Teilnehmende haben ein Praktikum begonnen"
        if figure.kind == "participant" and (is_base or self._is_whole(at)):
            return "participants", "participants_named"
        if is_base:
            known = figure.kind == "person" and self._is_known_base(at)
            return ("participants", "base_of_outcome") if known else (None, "")
        return self._metric_of_sentence(at)

    def _metric_by_predicate(self, at: int) -> tuple[str, str] | None:
        planned = self.status(at) == "planned" or _MANAGED_TO.search(self.text[: self.figures[at].first]) is not None
        if (metric := metric_of(self.after(at), planned=planned)) is not None:
            return metric, "predicate_behind"
        if self.has_own_verb(at):
            return None
        if (metric := self.without_verb(at)) is not None:
            return metric, "list_without_verb"
        if (metric := self.gapped(at) or metric_of(self.own(at), planned=planned)) is not None:
            return metric, "predicate_around"
        if (metric := metric_of(self.until_next(at), planned=planned)) is not None:
            return metric, "predicate_in_next_clause"
        if _THAT_IS.search(self.ahead(self.figures[at])):
            metric = metric_of(self.text[: self.figures[at].first], planned=planned)
            return None if metric is None else (metric, "predicate_before")
        shared = self._with_shared_verb(at)
        return None if shared is None else (shared, "shared_verb")

    def _metric_of_sentence(self, at: int) -> tuple[str | None, str]:
        """A predicate that a list shares, or that is spread over it: "In Schwerin nahmen 136, in Marburg 350 teil"."""
        metric = metric_of(self.shared(at)) if stands_for_itself(self.raw_own(at)) else None
        if metric is not None:
            return metric, "shared_predicate"
        if not _TAKES_PART_APART.search(self.text) or not any(
            f.kind in ("person", "participant") for f in self.figures
        ):
            return None, ""
        return (
            ("participants", "spread_predicate")
            if stands_for_itself(_TAKES_PART.sub(" ", self.raw_own(at)))
            else (None, "")
        )

    def _placements(self, at: int) -> str | None:
        """The metric of "51 Vermittlungen in Arbeit": work unless something else is named."""
        scope = self.after(at)
        if has("employed", "placed_elsewhere", scope):
            return None
        if has("training", "object", scope):
            return "both" if has("employed", "object", scope) else "training"
        return "employed"

    def _with_shared_verb(self, at: int) -> str | None:
        """For "konnten 51 in Arbeit und 12 in Ausbildung vermittelt werden": the object is here, the verb elsewhere."""
        after = self.after(at)
        here = without("support", "phrases", self.own(at))
        if not (has("employed", "object", here) or has("training", "object", here)):
            return None
        if COPULA.search(after) or _INFINITIVE.search(after):
            return None
        elsewhere = f"{self.text[: self.figures[at].first]} {self.text[self.limit(at) :]}"
        elsewhere = without("training", "object", without("employed", "object", elsewhere))
        metric = metric_of(f"{self.own(at)} {elsewhere}")
        return None if metric == "participants" else metric

    # --- no predicate of its own ---

    def _without_metric(self, at: int) -> Reading:
        """An ellipsis, a plan beside its result, a later total, or nothing known."""
        figure = self.figures[at]
        bare = figure.kind == "bare"
        status = self.status(at)
        if self.label(at) is not None and any(reading.metric for reading in self.readings):
            return Reading(figure, unread=NOT_UNDERSTOOD)
        if (
            status == "planned"
            and figure.kind in ("bare", "person", "participant")
            and (stands_for_itself(self.raw_own(at)) or _INSTEAD.search(self.ahead(figure)))
        ):
            return Reading(figure, group=figure.group, status="planned", rule="plan_beside_result")
        previous = self.previous()
        if figure.kind in ("person", "company") and previous is not None and (shared := self._of_list(at)) is not None:
            return self._listed(at, shared)
        if bare and previous is not None:
            return self.ellipsis(at, previous)
        if bare and self.earlier.claims and has("status", "same_thing", self.segment(figure)):
            metric, group, _ = self.earlier.claims[-1]
            return Reading(figure, metric, group, status, "total_of_sentence_before", follows=True)
        counted = figure.kind in ("participant", "placed", "apprentice", "placement") or (
            bare and self.has_anaphor(figure) and not (at and self._is_of_context(self.figures[at - 1]))
        )
        if bare and (base := self.base_of(at)) is not None:
            counted = counted or base.kind in ("participant", "placed")
        if not counted and figure.kind in ("person", "company"):
            counted = metric_of(self.text) not in (None, "unclear")
        return Reading(figure, unread=NOT_UNDERSTOOD if counted and not self._is_other_crowd(figure) else None)

    def _is_of_context(self, whole: Figure) -> bool:
        """True for the people of a town: "Die Stadt hat 230.000 Einwohner, 9.000 davon sind arbeitslos"."""
        return has("not_counted", "context", f"{self.segment(whole)} {whole.noun.lower()}")

    def _listed(self, at: int, metric: str) -> Reading:
        """An entry of a list of counted groups; one that no code covers is an issue."""
        if self.figures[at].group == "other_group" or metric in _UNREAD:
            return Reading(self.figures[at], unread=_UNREAD.get(metric, UNKNOWN_GROUP))
        return self._claim(at, metric, "same_as_clause_before")

    def _of_list(self, at: int) -> str | None:
        """The metric of "Erreicht wurden 78 Geflüchtete, 112 Langzeitarbeitslose und 45 Betriebe": a bare noun phrase
        has that of the clause where the list begins."""
        figure = self.figures[at]
        if self.has_anaphor(figure) or len(self.own(at).split()) > 6 or not stands_for_itself(self.raw_own(at)):
            return None
        for index in range(at - 1, -1, -1):
            before = self.figures[index]
            if before.kind not in COUNTS or before.segment < figure.segment - 1:
                return None
            if (metric := metric_of(self.own(index))) is not None:
                return metric
            if not stands_for_itself(self.raw_own(index)):
                return None
            figure = before
        return None

    def _is_whole(self, at: int) -> bool:
        """True where nothing happens to the participants counted but that they are: "mit 136 Teilnehmenden"."""
        return _WHOLE.search(self.ahead(self.figures[at])) is not None or stands_for_itself(self.raw_own(at))

    def _is_known_base(self, at: int) -> bool:
        """True for "51 der 136 Menschen", "von den 136 Menschen"; not for "200 der 6.000 Arbeitslosen"."""
        figure, ahead = self.figures[at], self.ahead(self.figures[at])
        if _IN_QUARTER.match(self.after(at)) or (
            metric_of(self.text) is None and group_in(self.text[figure.last :]) == "all"
        ):
            return False
        if (
            _IN_PROJECT.match(self.after(at))
            or _KNOWN_BASE.search(ahead)
            or metric_of(self.until_next(at)) == "participants"
        ):
            return True
        if figure.noun.startswith("Absolvent"):  # those who stayed to the end
            return False
        return at > 0 and figure.group in ("all", "women") and _OF_THE.search(ahead) is not None

"""What a run of words says happened: the predicate of a figure.

Belongs here: outcome, participation, plan or result, from words alone. Does not: figures, which words belong to which.
Concept: help towards an outcome is participation, not the outcome; work and training in one figure is neither.
All texts are in small letters (claim_words.lowered) unless said otherwise.
"""

from __future__ import annotations

import re
from functools import lru_cache

from parsers.claim_words import BLANK, has, pattern, without

_HAVE = re.compile(r"\b(?:habe|hat|haben|hatten?)\b")
_WERE_ABLE = re.compile(r"\b\w+(?:en|ern|eln) (?:können|wollen|sollen)\b")  # "haben wir helfen können" is a result
_PAST = re.compile(r"\b(?:wurden?|worden|konnten?|hatten?)\b")
_NO_VERB = r"(?!(?:den|[dsm]?einen|ihren|unseren|allen|diesen|vielen|beiden|weiteren)\b)"
_TO = re.compile(rf"\bzu (?={_NO_VERB}\w+(?:en|eln|ern)\b)")
_INFINITIVE = re.compile(rf"\bzu {_NO_VERB}\w+(?:en|eln|ern)\b|\b\w+zu\w{{3,}}en\b")
_ZU_INSIDE = re.compile(r"\b((?:auf|ein|an|teil|mit|weiter|unter|vor|nach|über|hin)\w{0,6})zu(?=\w{3,}en\b)")
_PURPOSE = re.compile(r"\bum\b.*\bzu\b")
_LOWER_WORD = re.compile(r"(?<![\w-])[a-zäöüß]{3,}(?![\w-])")
_LEXICAL = re.compile(r"ge\w{2,}(?:t|en)|\w+(?:iert|ten|te|en|eln|ern)|\w{3,}t|\w*gab|\w*brach(?:en)?")
_BEFORE_NOUN = re.compile(
    r"\s(?:(?!(?:d(?:ie|er|en|em|es)|(?:k|s|m)?eine?[nrms]?|ihre?[nrms]?)\b)[a-zäöüß]+(?:e|en|er|es|em)\s)*[A-ZÄÖÜ]"
)


@lru_cache(maxsize=1024)
def status_in(scope: str, *, is_rate: bool) -> str | None:
    """What the words of a scope say of its figures: achieved, planned, or None where they say nothing."""
    if "sehen" in scope or "k" in scope or "z" in scope:
        scope = without("status", "idiom", scope)
    if " als " in scope or " wie " in scope:
        scope = without("status", "compared", scope)
    if has("status", "planned_before", scope):
        scope = pattern("status", "planned_before", behind=r"(?=\s\d|\s*$)").sub(" ", scope)
    if "en können" in scope and _HAVE.search(scope):
        scope = _WERE_ABLE.sub(" ", scope)
    if has("status", "planned", scope):
        return "planned"
    if has("status", "future", scope) and not is_rate:
        return "achieved" if _PAST.search(scope) or has("status", "now", scope) else "planned"
    return "achieved" if has("status", "achieved", scope) else None


@lru_cache(maxsize=1024)
def metric_of(scope: str, *, planned: bool = False) -> str | None:
    """What a run of words says happened: a metric, "both" for work and training at once, "unclear", or None.

    Help towards an outcome is participation ("bei der Suche nach Arbeit unterstützt"). In a plan an infinitive tells
    what shall happen ("Ziel ist es, 150 Menschen zu erreichen"), elsewhere what for.
    """
    scope = " ".join(scope.replace(BLANK, " ").split())
    if not scope:
        return None
    done = scope
    if "zu" in scope:
        scope = _ZU_INSIDE.sub(r"\1", _TO.sub("", scope)) if planned else scope
        done = scope if planned else _INFINITIVE.sub(" ", scope)
    if (
        has("improved_prospects", "object", scope)
        and has("improved_prospects", "verb", done)
        and not _PURPOSE.search(scope)
    ):
        return "improved_prospects"
    outcome = _outcome_of(scope)
    if outcome in ("both", "unclear", "training"):
        return outcome
    supported = has("participants", "verb", done) and has(
        "participants", "verb", without("participants", "not_meant", done)
    )
    if outcome and not (supported and (has("support", "hedges", scope) or has("status", "planned", scope))):
        return outcome
    return "participants" if supported else None


def _outcome_of(scope: str) -> str | None:
    """Work, training, "both" in one, "unclear" where help into work is told, or None."""
    work_named, study_named = has("employed", "object", scope), has("training", "object", scope)
    if not (work_named or study_named or has("employed", "placed_alone", scope)):
        return "employed" if has("employed", "phrase", scope) and not has("employed", "lost", scope) else None
    rest = without("support", "phrases", scope)
    rest = without("training", "not_meant", rest) if study_named else rest
    if has("support", "into_work", rest):
        return "unclear"
    work, study = _is_work(rest), study_named and _outcome("training", rest)
    if (work or study) and has("employed", "object", rest) and has("training", "object", rest):
        return "both"
    return "training" if study else "employed" if work else None


def stands_for_itself(raw: str) -> bool:
    """True where the words around participants tell of nothing that happened to them: "Das Projekt hat 136 Teilnehmer".

    Any verb that no list knows makes it False: "12 Teilnehmer brachen ab" is not the number of participants. `raw`
    keeps its capitals, which tell "neuen Arbeitsladen" from a verb.
    """
    raw = without("status", "planned_before", raw)
    for hit in _LOWER_WORD.finditer(raw):
        word = hit.group()
        if has("neutral", "words", word) or not _LEXICAL.fullmatch(word):
            continue
        if word.endswith(("e", "en", "er", "es", "em")) and _BEFORE_NOUN.match(raw, hit.end()):
            continue
        return False
    return True


def _is_work(text: str) -> bool:
    if has("employed", "lost", text):
        return False
    if _outcome("employed", text):
        return True
    alone = has("employed", "placed_alone", text)
    return alone and not has("employed", "placed_elsewhere", text) and not has("training", "object", text)


def _outcome(table: str, text: str) -> bool:
    if has(table, "phrase", text):
        return True
    return has(table, "object", text) and (has(table, "verb", text) or has("employed", "verb", text))

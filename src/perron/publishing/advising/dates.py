"""Dates in a text that have passed, do not exist, fall on another weekday, or are not those of the event.

Many past dates are right: laws, minutes, reports. So a date is left alone where its sentence tells of what was, and
where the same sentence names a later day that is still to come.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from perron.publishing.advising.finding import Draft, Finding
from perron.publishing.advising.reading import Block, Passage
from perron.publishing.advising.spelled_dates import Spelled, spelled

# Older than this it is history, not a slip.
_HISTORY = timedelta(days=3 * 366)
# Verbs that tell of what was: they speak for their whole paragraph.
_TOLD = re.compile(
    r"\b(?:(?:ai|as|avons|avez|ont|avait|avaient) \w+|a (?:\w+ment )?(?!lieu)\w+(?:é|ée|és|ées|i|is|it|u|ue|us)|"
    r"était|étaient|fut|furent|s[’']est|se sont|"
    r"was|waren|werd|werden|heeft (?!plaats)|hebben|hadden|had|kwam|kwamen|ging|gingen|vond|vonden|kreeg|kregen|stond|"
    r"stonden|"
    r"war|wurde|wurden|hat (?!.*geöffnet)|haben|hatte|hatten|kam|kamen|fand|fanden|gab|"
    r"were|has been|have been|came|took|saw|gave)\b",
    re.IGNORECASE,
)
# What has a date by nature: laws, minutes, births, versions.
_DATED = re.compile(
    r"\b(?:arrêtés?|décret|loi|ordonnance|règlement|circulaire|délibération|séance|procès-verbal|pv|dern(?:ier|ière)|"
    r"passée?|née?|datée?|adoptée?|approuvée?|mis(?:e)? à jour|en vigueur|version|publiée? le|fondée?|créée?|"
    r"besluit|decreet|wet|verordening|reglement|omzendbrief|voorbije|afgelopen|vorige|zitting|notulen|geboren|"
    r"goedgekeurd|beslist|bijgewerkt|in werking|"
    r"gesetz|dekret|verordnung|erlass|beschluss|sitzung|protokoll|vergangene\w*|letzte\w*|gegründet|stand|in kraft|"
    r"act|decree|regulation|minutes|last|previous|born|founded|approved|adopted|updated|in force)\b",
    re.IGNORECASE,
)
# What began then may still go on.
_SINCE = re.compile(
    r"\b(?:depuis|dès|à partir|sinds|vanaf|seit|ab|since|from|as of)(?: (?:le|du|de|dem|den|the))?\s*$", re.IGNORECASE
)
# A day by which something must be done is another day than the event's, and matters in a document too.
_DEADLINE = re.compile(
    r"\b(?:jusqu\w*|avant|inscri\w*|réserv\w*|au plus tard|date limite|délai|prévente|remise|"
    r"tot|vóór|voor|uiterlijk|inschrijv\w*|reserv\w*|aanmeld\w*|voorverkoop|deadline|"
    r"bis|vor|spätestens|anmeld\w*|reservier\w*|vorverkauf|frist|"
    r"until|before|by|regist\w*|book\w*|no later)\b",
    re.IGNORECASE,
)
# Days of which the text may speak beside its own: the report of last year, the next one.
_OTHER_TIMES = re.compile(
    r"\b(?:prochaine?s?|suivante?s?|volgende|nächste\w*|next|édition|editie|ausgabe)\b", re.IGNORECASE
)


def look(draft: Draft, passages: Sequence[Passage]) -> Iterator[Finding]:
    """Look at every date in the texts."""
    for passage in passages:
        for block in passage.blocks:
            for sentence in _sentences(block):
                found = spelled(sentence, draft.day)
                for one in found:
                    yield from _calendar(passage, one)
                if _has_passed(found, sentence, block, draft):
                    yield _passed(passage, found[-1])
    yield from _of_another_day(draft, passages)


def _sentences(block: Block) -> list[str]:
    """The sentences outside links: a link's name is often another document's title."""
    return Block(block.sort, block.outside, block.outside).sentences


def _calendar(passage: Passage, one: Spelled) -> Iterator[Finding]:
    if one.last is None:
        yield Finding(
            "dates",
            passage.field,
            one.words,
            _("There is no such day."),
            _("Nobody knows which one is meant."),
            _("Look at the calendar, and correct it."),
        )
    elif not one.weekday_agrees:
        yield Finding(
            "dates",
            passage.field,
            one.words,
            _("%(day)s is a %(weekday)s.") % {"day": date_format(one.last), "weekday": date_format(one.last, "l")},
            _("Some will come on the weekday, some on the date."),
            _("Correct one of the two."),
        )


def _has_passed(found: list[Spelled], sentence: str, block: Block, draft: Draft) -> bool:
    days = [day for one in found for day in one.days]
    if not days or any(day >= draft.day for day in days) or max(days) < draft.day - _HISTORY:
        return False
    if _TOLD.search(block.text) or _DATED.search(sentence) or _SINCE.search(sentence[: found[-1].start]):
        return False
    return draft.kind != "document" or bool(_DEADLINE.search(sentence))


def _passed(passage: Passage, one: Spelled) -> Finding:
    return Finding(
        "dates",
        passage.field,
        one.words,
        _("This date has passed."),
        _("Who reads it today may take it for a mistake, or for news."),
        _("Look whether day and year are right; if all is over, let the publication end."),
    )


def _of_another_day(draft: Draft, passages: Sequence[Passage]) -> Iterator[Finding]:
    """Compare the dates in an event's texts with the event's own. What repeats is left alone: it has many."""
    own = _event_days(draft)
    if not own:
        return
    for language in draft.content.texts:
        named = [
            (passage, one)
            for passage in passages
            if passage.language == language
            for block in passage.blocks
            for sentence in _sentences(block)
            if not any(pattern.search(sentence) for pattern in (_DEADLINE, _TOLD, _DATED, _OTHER_TIMES))
            for one in spelled(sentence, draft.day)
            if one.last and one.last >= draft.day
        ]
        # Where its own day is named too, the others are about something else.
        if named and not any(day in own for _passage, one in named for day in one.days):
            passage, one = named[0]
            yield Finding(
                "dates",
                passage.field,
                one.words,
                _("The event is on %(day)s.") % {"day": date_format(min(own))},
                _("The text names another day."),
                _("Correct the text or the event’s date."),
            )


def _event_days(draft: Draft) -> set[date]:
    details = draft.content.details
    if draft.kind != "event" or details.get("recurrence") or details.get("extra_dates") or details.get("moved"):
        return set()
    try:
        first = date.fromisoformat(str(details.get("starts") or "")[:10])
        last = date.fromisoformat(str(details.get("ends") or details.get("starts") or "")[:10])
    except ValueError:
        return set()
    return {first + timedelta(days=number) for number in range(min((last - first).days, 366) + 1)}

"""What templates say of the operator's policy: the notice beside a form, links to the policy, days."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.translation import get_language

from perron.core.clock import BRUSSELS
from perron.core.language import LANGUAGES
from perron.privacy.policy.current import policy
from perron.privacy.policy.labels import day_words
from perron.privacy.policy.notices import notices
from perron.privacy.policy.rendering import words_for

register = template.Library()


@register.filter
def policy_day(value: date) -> str:
    """`{{ version.in_force|policy_day }}`: "26 May 2022", always with its year; of a moment, its day in Brussels."""
    return day_words(value.astimezone(BRUSSELS).date() if isinstance(value, datetime) else value)


@register.inclusion_tag("screens/notice.html")
def notice(*activities: str) -> dict[str, Any]:
    """`{% notice "B" %}`: the short notice beside a form for an activity, its full text one tap away (GDPR art. 13).

    Of several activities, those that the operator does not carry out say nothing.
    """
    language = get_language() or LANGUAGES[0]
    words = words_for(policy(), language)
    return {"notices": notices(policy(), words, activities), "language": language, "spoken": words.language}


@register.inclusion_tag("screens/promises.html")
def promises() -> dict[str, Any]:
    """`{% promises %}`: links to policy, cookies, accessibility statement, contact form, operator and one's account."""
    return {
        "language": get_language() or LANGUAGES[0],
        "operator": policy().operator.name,
        "contact": policy().does("B"),
    }

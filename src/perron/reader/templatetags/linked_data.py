"""`{% linked_data story %}` and `{% linked_data community %}`: JSON-LD for the head of a page."""

import json
from collections.abc import Sequence
from datetime import datetime

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from perron.communities.models import Community
from perron.core.language import LANGUAGES
from perron.publishing.linked_data import of_community, of_story
from perron.publishing.presenting import Story

register = template.Library()

# Nothing in it may end the element, or a line of JavaScript (ECMA-262 before 2019).
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


@register.simple_tag
def linked_data(subject: Story | Community, corrections: Sequence[tuple[datetime, str]] = ()) -> SafeString:
    """Return the data block; nothing where there is nothing to say. A data block runs no script: CSP lets it be."""
    language = get_language() or LANGUAGES[0]
    data = of_community(subject, language) if isinstance(subject, Community) else of_story(subject, corrections)
    if not data:
        return SafeString("")
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 escaped above

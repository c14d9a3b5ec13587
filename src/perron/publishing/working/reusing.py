"""Writing once what comes back: another item like this one, and templates for what comes back every week."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from perron.communities.access import permit
from perron.communities.models import Community
from perron.communities.permissions import RELEASE, WRITE
from perron.core.clock import today
from perron.core.errors import Conflict, NotFound, Refused
from perron.core.text import clean_line
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.publishing import drafting
from perron.publishing.content import Content
from perron.publishing.models import Item, Template
from perron.publishing.working.moving import day_of, moved
from perron.publishing.working.restoring import what_remains


def duplicate(item: Item, *, by: Actor) -> Item:
    """Begin another item with the newest text of `item`, and return it."""
    permit(by, WRITE, item.community)
    content = _timeless(item.kind, drafting.newest(item))
    with transaction.atomic():
        copy = drafting.begin(item.community, item.kind, what_remains(item.community, content), by=by)
        record("duplicate", copy, by=by, tenant=copy.community_id, of=str(item.pk))
    return copy


def keep_as_template(item: Item, name: str, *, by: Actor) -> Template:
    """Keep the newest text of `item` to begin others from. Raises `Refused` without a name, `Conflict` if
    there is one of this name."""
    permit(by, WRITE, item.community)
    name = clean_line(name)[:80]
    if not name:
        raise Refused(_("Give the template a name."))
    content = _timeless(item.kind, drafting.newest(item))
    template = Template(
        community=item.community,
        kind=item.kind,
        name=name,
        content=content.to_json(),
        made_by_id=by.id if by.kind == "person" else None,
    )
    try:
        with transaction.atomic():
            template.save()
            record("keep as template", template, by=by, tenant=item.community_id, of=str(item.pk))
    except IntegrityError as error:
        raise Conflict(_("There is a template of this name already. Give this one another.")) from error
    return template


def begin_from(community: Community, template: UUID, day: date | None, *, by: Actor) -> Item:
    """Begin an item from a template, its dates moved to `day` (None leaves them), and return it.

    Everybody who begins gets a draft of their own. Raises `NotFound` if somebody deleted the template.
    """
    permit(by, WRITE, community)
    with transaction.atomic():
        found = Template.objects.filter(community=community, pk=template).first()
        if found is None:
            raise NotFound(_("This template is not there any more."))
        content = Content.from_json(found.content)
        base = day_of(content)
        if day and base:
            content = moved(content, (day - base).days)
        item = drafting.begin(community, found.kind, what_remains(community, content), by=by)
        record("begin from template", item, by=by, tenant=community.pk, template=str(found.pk))
    return item


def remove_template(community: Community, template: UUID, *, by: Actor) -> None:
    """Delete a template; what was begun from it stays. Raises `NotFound` if it is gone already."""
    permit(by, RELEASE, community)
    with transaction.atomic():
        found = Template.objects.select_for_update().filter(community=community, pk=template).first()
        if found is None:
            raise NotFound(_("This template is not there any more."))
        record("remove template", found, by=by, tenant=community.pk)
        found.delete()


def next_days(template: Template, number: int = 3) -> list[date]:
    """Return the next days of the week on which the template's day falls, after today; none if it has no day."""
    base = day_of(Content.from_json(template.content))
    if base is None:
        return []
    first = today() + timedelta(days=(base.weekday() - today().weekday()) % 7 or 7)
    return [first + timedelta(weeks=week) for week in range(number)]


def _timeless(kind: str, content: Content) -> Content:
    """An alert's moments are of one alert only: the next begins when it is sent."""
    if kind != "alert":
        return content
    return replace(content, details={k: v for k, v in content.details.items() if k not in {"effective_at", "ends_at"}})

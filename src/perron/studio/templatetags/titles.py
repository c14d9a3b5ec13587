"""What the heading of a page says of its item."""

from django import template

from perron.publishing.models import Item
from perron.studio.items import titles_of

register = template.Library()


@register.filter
def called(item: Item | None) -> str:
    """`{{ item|called }}`: its title in the reader's language, or the first that it has; "" without one."""
    return titles_of([item.pk])[item.pk] if item else ""

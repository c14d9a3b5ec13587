from typing import ClassVar

from django.db import models

from perron.communities.models import Community, Platform
from perron.privacy.tenancy.within import OfTenants


class PageCount(models.Model):
    """How often a page of a platform was opened on a day, and nothing else.

    `page` names it without its language: "today", "agenda", "community:UUID", "item:UUID". There is no database
    constraint on platform and community: a count that comes in late must not be refused.
    """

    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    community = models.ForeignKey(Community, on_delete=models.CASCADE, db_constraint=False, null=True, related_name="+")
    page = models.CharField(max_length=80)
    day = models.DateField()
    number = models.PositiveBigIntegerField(default=0)

    objects = OfTenants["PageCount"]()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["platform", "page", "day"], name="one_count_per_page_and_day")
        ]
        indexes: ClassVar = [models.Index(fields=["community", "day"], name="counts_of_community")]

    def __str__(self) -> str:
        return f"{self.page} {self.day}: {self.number}"

from typing import ClassVar

from django.db import models


class EventDetails(models.Model):
    """When and where. Times are stored in UTC; `time_zone` is the one in which they recur.

    An all-day event starts at local midnight and ends at the local midnight after its last day.
    """

    item = models.OneToOneField("publishing.Item", on_delete=models.CASCADE, primary_key=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    all_day = models.BooleanField(default=False)
    time_zone = models.CharField(max_length=50, default="Europe/Brussels")
    # RFC 5545 values, one per line: RRULE without its name, EXDATE and RDATE in local time (YYYYMMDDTHHMMSS).
    recurrence = models.CharField(max_length=500, blank=True)
    except_dates = models.TextField(blank=True)
    extra_dates = models.TextField(blank=True)
    # Single occurrences that were moved: [{"at": local start, "starts": …, "ends": …}], local, ISO 8601.
    moved = models.JSONField(default=list)
    place = models.CharField(max_length=140, blank=True)
    address = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    price = models.CharField(max_length=80, blank=True)
    registration_url = models.URLField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class Occurrence(models.Model):
    """One time at which a released event takes place, as far ahead as `occurring.HORIZON` looks."""

    item = models.ForeignKey("publishing.Item", on_delete=models.CASCADE, related_name="occurrences")
    community = models.ForeignKey("communities.Community", on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "starts_at"], name="occurrence_once")]
        indexes: ClassVar = [models.Index(fields=["community", "starts_at"], name="occurrence_next")]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

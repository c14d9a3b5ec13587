from django.db import models


class WorksDetails(models.Model):
    """Roadworks and the like: where, from when to when, the way round, who is affected."""

    item = models.OneToOneField("publishing.Item", on_delete=models.CASCADE, primary_key=True)
    place = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField()
    # Per language: the way round, and who is affected.
    detours = models.JSONField(default=dict)
    affected = models.JSONField(default=dict)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"{self.place} {self.starts_on} – {self.ends_on}"

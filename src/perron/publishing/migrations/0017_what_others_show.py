import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import perron.core.clock
import perron.core.identifiers


class Migration(migrations.Migration):
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ("communities", "0005_applications"),
                    ("publishing", "0016_search")]

    operations = [
        # Written anew within the hour (`search.indexing.index_missing`), with the marks of the communities that took them.
        migrations.RunSQL(
            "DELETE FROM publishing_searchentry WHERE item_id IN "
            "(SELECT item_id FROM publishing_placement WHERE state = 'accepted')",
            migrations.RunSQL.noop,
        ),
        migrations.AddField("placement", "told_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "placement",
            models.Index(
                fields=["offered_at"],
                condition=models.Q(state="offered", told_at__isnull=True),
                name="placement_waiting",
            ),
        ),
        migrations.CreateModel(
            "Archive",
            [
                (
                    "id",
                    models.UUIDField(
                        default=perron.core.identifiers.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("asked_at", models.DateTimeField(default=perron.core.clock.now)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(null=True)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("problem", models.CharField(blank=True, max_length=300)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="archives", to="communities.partner"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["asked_at"], name="archive_asked"),
                    models.Index(
                        fields=["asked_at"], condition=models.Q(made_at=None, problem=""), name="archive_due"
                    ),
                ]
            },
        ),
        # What failed on the day of the update is told once more at most.
        migrations.AddField("connection", "held_told_at", models.DateTimeField(null=True)),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0004_digests")]

    operations = [
        migrations.AddField("dispatch", "share", models.UUIDField(null=True)),
        migrations.RemoveIndex("delivery", "delivery_due"),
        migrations.RemoveField("delivery", "priority"),
        migrations.AlterField(
            "delivery",
            "dispatch",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="delivery.dispatch",
            ),
        ),
        migrations.AddIndex(
            "delivery",
            models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["dispatch", "channel", "due_at"],
                name="delivery_due",
            ),
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F


def say_which(apps, schema_editor):
    """Until now, all dispatches were releases'."""
    apps.get_model("delivery", "Dispatch").objects.update(about=F("release_id"))


class Migration(migrations.Migration):
    dependencies = [
        ("audience", "0002_channels"),
        ("delivery", "0001_initial"),
        ("publishing", "0018_newest_releases"),
    ]

    operations = [
        migrations.AddField("dispatch", "source", models.CharField(default="release", max_length=12), False),
        migrations.AddField("dispatch", "about", models.UUIDField(null=True)),
        migrations.RunPython(say_which, migrations.RunPython.noop),
        migrations.AlterField("dispatch", "about", models.UUIDField()),
        migrations.AlterField(
            "dispatch",
            "release",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="dispatch",
                to="publishing.release",
            ),
        ),
        migrations.AddConstraint(
            "dispatch", models.UniqueConstraint(fields=("source", "about"), name="dispatch_once")
        ),
        migrations.AddField("delivery", "activity", models.CharField(default="subscriptions", max_length=16), False),
        migrations.AddField("delivery", "subject_kind", models.CharField(default="address", max_length=8), False),
        migrations.AddField(
            "delivery",
            "channel",
            models.CharField(
                choices=[("email", "e-mail"), ("push", "notification"), ("webhook", "webhook")],
                default="email",
                max_length=8,
            ),
            False,
        ),
        migrations.RemoveIndex("delivery", "delivery_due"),
        migrations.AddIndex(
            "delivery",
            models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["channel", "priority", "due_at"],
                name="delivery_due",
            ),
        ),
    ]

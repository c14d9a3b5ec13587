from django.db import migrations, models

from perron.core.clock import end_of_day


def fill(apps, schema_editor):
    """Items released before: until when each matters, from its details."""
    Item = apps.get_model("publishing", "Item")
    for name, until in (
        ("AlertDetails", lambda row: row.ends_at),
        ("WorksDetails", lambda row: end_of_day(row.ends_on)),
        ("DocumentDetails", lambda row: row.deadline and end_of_day(row.deadline)),
    ):
        for row in apps.get_model("publishing", name).objects.all().iterator():
            Item.objects.filter(pk=row.pk).update(matters_until=until(row))


class Migration(migrations.Migration):
    dependencies = [("publishing", "0003_find_items_by_kind_anywhere")]

    operations = [
        migrations.AddField("item", "matters_until", models.DateTimeField(null=True)),
        migrations.AddIndex("item", models.Index(fields=["community", "matters_until"], name="item_matters")),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0005_shares")]

    operations = [
        migrations.AddField(
            "dispatch",
            "digest_tally",
            # Workers of the version before this one make rows without it while a deploy goes on.
            models.JSONField(default=dict, db_default=models.Value({}, models.JSONField())),
        )
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0005_shares")]

    operations = [migrations.AddField("dispatch", "digest_tally", models.JSONField(default=dict))]

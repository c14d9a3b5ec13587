from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audience", "0001_initial")]

    operations = [
        migrations.AddField(
            "recipient",
            "channel",
            models.CharField(
                choices=[("email", "e-mail"), ("push", "notification"), ("webhook", "webhook")],
                default="email",
                max_length=8,
            ),
        ),
        migrations.AlterField("recipient", "email", models.CharField(blank=True, max_length=254)),
    ]

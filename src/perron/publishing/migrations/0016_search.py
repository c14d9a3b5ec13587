import django.db.models.deletion
from django.db import migrations, models

import perron.core.clock

# The index is made of the table by triggers, whoever changes it and how. Should a later migration make SQLite write the
# table anew (a changed column), the triggers go with the old one: that migration makes them again.
# Words are between spaces and normalised: the tokenizer `ascii` takes every other character as part of a word.
_SQLITE = (
    """CREATE VIRTUAL TABLE publishing_search USING fts5(
        words, content='publishing_searchentry', content_rowid='id', tokenize='ascii', detail=none, columnsize=0)""",
    """CREATE TRIGGER search_entry_written AFTER INSERT ON publishing_searchentry BEGIN
        INSERT INTO publishing_search (rowid, words) VALUES (new.id, new.words);
    END""",
    """CREATE TRIGGER search_entry_gone AFTER DELETE ON publishing_searchentry BEGIN
        INSERT INTO publishing_search (publishing_search, rowid, words) VALUES ('delete', old.id, old.words);
    END""",
    """CREATE TRIGGER search_entry_changed AFTER UPDATE OF id, words ON publishing_searchentry BEGIN
        INSERT INTO publishing_search (publishing_search, rowid, words) VALUES ('delete', old.id, old.words);
        INSERT INTO publishing_search (rowid, words) VALUES (new.id, new.words);
    END""",
)
_POSTGRESQL = (
    # The words lie elsewhere, so that the rows that match are on few pages.
    "ALTER TABLE publishing_searchentry SET (toast_tuple_target = 128)",
    # No parser: it would see numbers, addresses and file names in our words. No list of what is still to be sorted in:
    # every search would read it.
    """CREATE INDEX search_words ON publishing_searchentry
        USING gin (array_to_tsvector(string_to_array(words, ' '))) WITH (fastupdate = off)""",
)


def build(apps, schema_editor):
    for statement in {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def take_down(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE publishing_search")


class Migration(migrations.Migration):
    dependencies = [("publishing", "0015_items_handed_in")]

    operations = [
        migrations.CreateModel(
            "SearchEntry",
            [
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("words", models.TextField()),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="search_entry", to="publishing.item"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            "DocumentWords",
            [
                (
                    "attachment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="read",
                        serialize=False,
                        to="publishing.attachment",
                    ),
                ),
                ("words", models.TextField(blank=True)),
                ("read_at", models.DateTimeField(default=perron.core.clock.now)),
            ],
        ),
        migrations.RunPython(build, take_down),
    ]

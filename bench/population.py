"""Persons to measure with: very many others, and one with very many rows.

The others are made inside the database, by one statement for each table: a million in a minute. The one has rows in
every declared table, whatever packages declare.
"""

from django.db import connection, transaction
from tests import making, planting

from perron.core.clock import now
from perron.privacy.subjects import Subject, of_person

# Statements in the SQL that PostgreSQL and SQLite share; {uuid} is the number as a UUID.
_OTHERS = {
    "accounts_person (id, email, name, password, language, is_active, joined_at, fingerprint)": (
        "{uuid}, 'other-' || i || '@example.org', 'Somebody', '', 'fr', {true}, {now}, ''"
    ),
    "account_emailaddress (user_id, email, verified, {quoted})": (
        "{uuid}, 'other-' || i || '@example.org', {true}, {true}"
    ),
    "privacy_auditentry (id, at, actor_kind, actor_id, verb, object_kind, object_id, detail)": (
        "{uuid}, {now}, 'person', {uuid}, 'sign in', 'person', {uuid}, '{{}}'"
    ),
}
# Persons with rows in every declared table: only among others is an index worth using.
_NEIGHBOURS, _ROWS = 30, 200
UUID = {"postgresql": "lpad(to_hex(i), 32, '0')::uuid", "sqlite": "printf('%032x', i)"}
_TRUE = {"postgresql": "true", "sqlite": "1"}


def add_others(last: int, first: int = 1) -> None:
    """Make the other persons with the numbers `first` to `last`, each with an account, an address and a deed."""
    words = {
        "uuid": UUID[connection.vendor],
        "true": _TRUE[connection.vendor],
        "now": f"'{now():%Y-%m-%d %H:%M:%S}'",
        "quoted": connection.ops.quote_name("primary"),
    }
    if first == 1:
        for number in range(_NEIGHBOURS):
            making.community(f"other-{number}", partner=making.partner(f"other-{number}"))
            add_one(_ROWS)
    numbers = f"WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns in _OTHERS.items():
            into, selected = table.format(**words), columns.format(**words)
            cursor.execute(f"INSERT INTO {into} {numbers} SELECT {selected} FROM n")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def add_one(rows: int) -> Subject:
    """Make one person with about `rows` rows, spread evenly over the declared tables, and return whose they are."""
    subject = planting.somebody()
    tables = [table for table in planting.personal_tables() if table.subject_kind != "address"]
    tables.sort(key=lambda table: table.subject != "id")
    with transaction.atomic():
        planted = {table.model: len(planting.plant(table, subject)) for table in tables}
        many = [table for table in tables if table.subject != "id" and not planting.holds_one(table)]
        for position, table in enumerate(many):
            left = rows - sum(planted.values())
            planted[table.model] += len(planting.plant(table, subject, left // (len(many) - position)))
    return of_person(subject.id)

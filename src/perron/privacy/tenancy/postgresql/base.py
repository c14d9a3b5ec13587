"""PostgreSQL as Django has it, but for two things: the session cannot go round row-level security, and every statement
runs for those for whom the code acts.

The setting `perron.tenants` is changed just before a statement that needs another value, never in between: a page for
everybody asks nothing more, and a connection that is kept does not take a scope along into the next request.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg import errors, pq, sql

from perron.privacy.tenancy import scope
from perron.privacy.tenancy.scope import ROLE

_STANDING = """
    SELECT r.rolsuper OR r.rolbypassrls, r.rolname,
            COALESCE(has_schema_privilege(to_regrole(%s)::oid, current_schema(), 'CREATE'), false)
        FROM pg_roles AS r WHERE r.rolname = session_user"""
_MAKE = (
    "SELECT pg_advisory_xact_lock(5027)",
    f"""DO $$ BEGIN CREATE ROLE {ROLE} NOLOGIN NOBYPASSRLS;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$""",
    f"DO $$ BEGIN EXECUTE format('GRANT ALL ON SCHEMA %I TO {ROLE}', current_schema()); END $$",
    # Tables of an installation, or a backup, from before.
    f"""DO $$ DECLARE thing text; BEGIN
        FOR thing IN SELECT format('TABLE %I.%I', schemaname, tablename) FROM pg_tables
                WHERE schemaname = current_schema() AND tableowner <> '{ROLE}'
            UNION ALL SELECT format('ROUTINE %s', p.oid::regprocedure) FROM pg_proc p
                WHERE p.pronamespace = current_schema()::regnamespace AND p.proowner <> '{ROLE}'::regrole
                    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
        LOOP EXECUTE format('ALTER %s OWNER TO {ROLE}', thing); END LOOP; END $$""",  # noqa: S608 nothing in it comes from outside
)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that tells the database for whom each statement is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What the session was told last; None: not known.
        self._told: str | None = None
        self.execute_wrappers.append(self._for_whom)

    def init_connection_state(self) -> None:
        """Besides what Django does, step down where the login goes round row-level security."""
        super().init_connection_state()
        self._told = None
        if self.alias != NO_DB_ALIAS:
            self._step_down()

    def _step_down(self) -> None:
        found = self.connection.execute(_STANDING, [ROLE]).fetchone()
        if not found or not found[0]:
            return
        try:
            if not found[2]:
                with self.connection.transaction():
                    for statement in _MAKE:
                        self.connection.execute(statement)
            self.connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(ROLE)))
        except errors.InsufficientPrivilege as error:
            raise ImproperlyConfigured(
                f"The database's role {found[1]} goes round row-level security, which keeps partners apart. "
                f"Take that from it: ALTER ROLE {found[1]} NOBYPASSRLS."
            ) from error

    def _for_whom(self, execute: Callable[..., Any], statement: str, parameters: Any, many: bool, context: Any) -> Any:
        wanted = str(scope.current())
        if wanted != self._told:
            self._tell(wanted)
        return execute(statement, parameters, many, context)

    def _tell(self, wanted: str) -> None:
        if self.connection.info.transaction_status == pq.TransactionStatus.INERROR:
            # Nothing but the end of the transaction runs now, which takes the setting back with it.
            return
        self.connection.execute("SELECT set_config(%s, %s, false)", [scope.SETTING, wanted])
        self._told = wanted

    def _rollback(self) -> None:
        # What was set inside has been taken back.
        self._told = None
        super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._told = None

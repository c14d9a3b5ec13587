"""Triggers that keep evidence as it was written, also from SQL typed by hand. Installed by a migration.

An entry is never changed, and leaves only once the head's anchor has passed it; of a detail only the clock moves.
Whoever owns the database can remove a trigger: `docs/evidence.md` says what shows it.
"""

_COMMITTED = "sequence, salt, subject_kind, subject_id, by_kind, by_id, about, request_id"
_ANCHOR = "COALESCE((SELECT anchor_sequence FROM privacy_evidencehead WHERE id = 1), 0)"
_WORDS = "Evidence is not changed, and leaves only when its time is over."

SQLITE = (
    f"""CREATE TRIGGER evidence_entry_unchanged BEFORE UPDATE ON privacy_evidenceentry
        BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END""",
    f"""CREATE TRIGGER evidence_entry_kept BEFORE DELETE ON privacy_evidenceentry WHEN OLD.sequence > {_ANCHOR}
        BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END""",
    # INSERT OR REPLACE removes a row without asking the trigger above. Nothing in it comes from outside.
    f"""CREATE TRIGGER evidence_entry_not_replaced BEFORE INSERT ON privacy_evidenceentry
        WHEN EXISTS (SELECT 1 FROM privacy_evidenceentry WHERE sequence = NEW.sequence)
        BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END""",  # noqa: S608
    f"""CREATE TRIGGER evidence_detail_unchanged BEFORE UPDATE OF {_COMMITTED} ON privacy_evidencedetail
        BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END""",
)

POSTGRESQL = (
    f"""CREATE FUNCTION perron_evidence_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF OLD.sequence <= {_ANCHOR} THEN RETURN OLD; END IF;
            ELSIF TG_OP = 'TRUNCATE' THEN
                IF NOT EXISTS (SELECT FROM privacy_evidenceentry WHERE sequence > {_ANCHOR}) THEN RETURN NULL; END IF;
            END IF;
            RAISE EXCEPTION '{_WORDS}';
        END $$""",
    """CREATE TRIGGER evidence_entry_stays BEFORE UPDATE OR DELETE ON privacy_evidenceentry
        FOR EACH ROW EXECUTE FUNCTION perron_evidence_stays()""",
    """CREATE TRIGGER evidence_entry_not_emptied BEFORE TRUNCATE ON privacy_evidenceentry
        FOR EACH STATEMENT EXECUTE FUNCTION perron_evidence_stays()""",
    f"""CREATE TRIGGER evidence_detail_unchanged BEFORE UPDATE OF {_COMMITTED} ON privacy_evidencedetail
        FOR EACH ROW EXECUTE FUNCTION perron_evidence_stays()""",
)

STATEMENTS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}

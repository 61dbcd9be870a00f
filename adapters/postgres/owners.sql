-- After a restore: the owner of a database has another name elsewhere, but log and views belong to their roles everywhere.
DO $$
DECLARE
    room record;
    change text;
BEGIN
    FOR room IN
        SELECT n.oid, n.nspname AS name, r.owner
        FROM (VALUES ('log', 'jejak_log'), ('view', 'jejak_projector')) AS r (name, owner)
        JOIN pg_catalog.pg_namespace AS n ON n.nspname = r.name
    LOOP
        EXECUTE pg_catalog.format('ALTER SCHEMA %I OWNER TO %I', room.name, room.owner);
        FOR change IN
            SELECT pg_catalog.format('ALTER TABLE %s OWNER TO %I', c.oid::regclass, room.owner)
            FROM pg_catalog.pg_class AS c WHERE c.relnamespace = room.oid AND c.relkind IN ('r', 'p', 'v')
            UNION ALL
            SELECT pg_catalog.format('ALTER FUNCTION %s OWNER TO %I', p.oid::regprocedure, room.owner)
            FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = room.oid
        LOOP
            EXECUTE change;
        END LOOP;
    END LOOP;
END $$;

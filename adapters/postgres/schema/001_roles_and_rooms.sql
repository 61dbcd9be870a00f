-- Who may do what. Roles belong to the whole cluster, so they may be there already.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['jejak_log', 'jejak_service', 'jejak_projector'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;   -- another database of this cluster was migrated at the same moment
            END;
        END IF;
        -- An owner who is no superuser gets only ADMIN on the roles it makes; it must also be able to take them.
        IF NOT pg_has_role(current_user, role_name, 'SET') THEN
            EXECUTE format('GRANT %I TO %I WITH INHERIT TRUE, SET TRUE', role_name, current_user);
        END IF;
    END LOOP;
END $$;

CREATE SCHEMA log AUTHORIZATION jejak_log;          -- what happened; nobody writes but through append_group
CREATE SCHEMA directory;                            -- regions, agencies, persons, accounts
CREATE SCHEMA desk;                                 -- sessions and throttles; may be lost without harm
CREATE SCHEMA view AUTHORIZATION jejak_projector;   -- folds of the log; may be dropped and rebuilt

GRANT USAGE ON SCHEMA log TO jejak_service, jejak_projector;
GRANT USAGE ON SCHEMA directory, desk TO jejak_service;
GRANT USAGE ON SCHEMA view TO jejak_service;

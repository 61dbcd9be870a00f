-- The event log: append-only, one order, no gaps.
SET LOCAL ROLE jejak_log;

CREATE TABLE log.events (
    position    bigint      NOT NULL PRIMARY KEY,
    stream      uuid        NOT NULL,
    version     integer     NOT NULL CHECK (version > 0),
    stored_name text        COLLATE "C" NOT NULL,
    region      text        COLLATE "C" NOT NULL,
    recorded_at timestamptz NOT NULL,
    command_id  uuid        NOT NULL,
    case_number text        COLLATE "C",
    state       bytea       NOT NULL,
    UNIQUE (stream, version)
);

CREATE TABLE log.receipts (
    person         uuid        NOT NULL,
    key            text        COLLATE "C" NOT NULL,
    request_hash   bytea       NOT NULL,
    command_id     uuid        NOT NULL,
    first_position bigint      NOT NULL,
    last_position  bigint      NOT NULL,
    recorded_at    timestamptz NOT NULL,
    case_number    text        COLLATE "C",
    PRIMARY KEY (person, key)
);

-- A claim is taken while its row has no release; n is the running number of (kind, scope, value).
CREATE TABLE log.claims (
    kind   text    COLLATE "C" NOT NULL,
    scope  text    COLLATE "C" NOT NULL,
    value  text    COLLATE "C" NOT NULL,
    n      integer NOT NULL,
    stream uuid    NOT NULL,
    PRIMARY KEY (kind, scope, value, n)
);
CREATE TABLE log.releases (
    kind   text    COLLATE "C" NOT NULL,
    scope  text    COLLATE "C" NOT NULL,
    value  text    COLLATE "C" NOT NULL,
    n      integer NOT NULL,
    PRIMARY KEY (kind, scope, value, n)
);

-- How far a demonstration was scripted; one row, only in a log that holds nothing else.
CREATE TABLE log.script (last_position bigint NOT NULL);
INSERT INTO log.script VALUES (0);

CREATE FUNCTION log.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % on %.% refused', tg_op, tg_table_schema, tg_table_name;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log.events
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log.receipts
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log.claims
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log.releases
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse();

GRANT SELECT ON log.events, log.receipts, log.claims, log.releases, log.script TO jejak_service;
GRANT SELECT ON log.events TO jejak_projector;
RESET ROLE;

-- People and places: insert-only rows. Names live here and nowhere in the log.
CREATE TABLE directory.regions (
    code      text    COLLATE "C" PRIMARY KEY,
    name      text    NOT NULL,
    zone      text    NOT NULL,
    read_only boolean NOT NULL DEFAULT false,
    seat      text    COLLATE "C"           -- the agency its deciders sit at
);
CREATE TABLE directory.agencies (            -- one row per name and standing; the latest that holds counts
    id         text   COLLATE "C" NOT NULL,
    name       text   NOT NULL,
    region     text   COLLATE "C" NOT NULL REFERENCES directory.regions,
    parent     text   COLLATE "C",
    outside    boolean NOT NULL DEFAULT false,  -- no part of the government
    valid_from date   NOT NULL DEFAULT '2000-01-01',
    entered_at bigint NOT NULL DEFAULT 0,    -- the log's position when the row was entered
    PRIMARY KEY (id, valid_from, entered_at)
);
CREATE TABLE directory.persons (
    id   uuid PRIMARY KEY,
    name text NOT NULL
);
CREATE TABLE directory.accounts (
    username      text COLLATE "C" PRIMARY KEY,
    person        uuid NOT NULL REFERENCES directory.persons,
    password_hash text                        -- null: nobody signs in with it
);
CREATE TABLE directory.marks (name text COLLATE "C" PRIMARY KEY);   -- e.g. 'demonstration'

CREATE TABLE desk.sessions (
    token_hash bytea       PRIMARY KEY,
    username   text        COLLATE "C" NOT NULL REFERENCES directory.accounts,
    expires_at timestamptz NOT NULL
);
CREATE TABLE desk.throttle (
    bucket   text             COLLATE "C" PRIMARY KEY,
    tokens   double precision NOT NULL,
    taken_at timestamptz      NOT NULL
);

GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA directory TO jejak_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA desk TO jejak_service;

-- States of long streams, so that a cold load need not fold them from the beginning. May be lost without harm: a state is
-- read only in the form of the code that made it, and only while the log holds the event it ends with.
CREATE TABLE desk.snapshots (
    stream   uuid    PRIMARY KEY,
    form     text    COLLATE "C" NOT NULL,
    version  integer NOT NULL,
    position bigint  NOT NULL,
    state    bytea   NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON desk.snapshots TO jejak_service;

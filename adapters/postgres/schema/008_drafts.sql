-- What somebody typed into a form and has not sent yet.
CREATE TABLE desk.drafts (
    person   uuid        NOT NULL REFERENCES directory.persons,
    form     text        COLLATE "C" NOT NULL,   -- the address of the form
    fields   text        NOT NULL,               -- JSON: [[name, value], ...]
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (person, form)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON desk.drafts TO jejak_service;

-- Under which rules (clocks, holidays) the rows of a view's table were derived: other rules make other rows.
SET LOCAL ROLE jejak_projector;
CREATE TABLE view.rules (
    view  text COLLATE "C" PRIMARY KEY,
    rules text COLLATE "C" NOT NULL
);
GRANT SELECT ON view.rules TO jejak_service;
RESET ROLE;

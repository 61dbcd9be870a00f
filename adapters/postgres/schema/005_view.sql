-- Where the folds stand. Their own tables are made by the projector, from their row types.
SET LOCAL ROLE jejak_projector;
CREATE TABLE view.checkpoint (
    name       text COLLATE "C" PRIMARY KEY,
    position   bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE view.parked (
    view      text   COLLATE "C" NOT NULL,
    key       text   COLLATE "C" NOT NULL,
    position  bigint NOT NULL,
    error     text   NOT NULL,
    PRIMARY KEY (view, key)
);
ALTER DEFAULT PRIVILEGES IN SCHEMA view GRANT SELECT ON TABLES TO jejak_service;
GRANT SELECT ON ALL TABLES IN SCHEMA view TO jejak_service;
RESET ROLE;

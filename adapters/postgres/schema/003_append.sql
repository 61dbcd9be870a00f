-- The only way in. A group is several units; a unit is one command, named by its place in the unit_* arrays.
-- When any unit is refused nothing is written and only the refused ones are answered; a unit may be refused for several
-- reasons, its first row is the one that counts (a receipt before a stale stream before a claim).
-- Units that meet in a stream or a claim do not belong into one group: their writer keeps them apart, and is told (JJ003).
SET LOCAL ROLE jejak_log;

-- What a receipt stands for: what was written, and to which versions of which streams.
CREATE FUNCTION log.told(receipt log.receipts) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object(
        'command_id', receipt.command_id, 'first_position', receipt.first_position,
        'last_position', receipt.last_position, 'recorded_at', receipt.recorded_at, 'case_number', receipt.case_number,
        'ranges', (
            SELECT jsonb_agg(jsonb_build_array(r.stream, r.first_version, r.last_version) ORDER BY r.first_position)
            FROM (SELECT e.stream, min(e.version) AS first_version, max(e.version) AS last_version,
                         min(e.position) AS first_position
                  FROM log.events AS e WHERE e.position BETWEEN receipt.first_position AND receipt.last_position
                  GROUP BY e.stream) AS r));
$$;

CREATE FUNCTION log.append_under_lock(
    at timestamptz,                 -- a scripted moment, or null for the clock
    unit_command uuid[], unit_person uuid[], unit_key text[], unit_hash bytea[],
    unit_number_region text[], unit_zone text[],
    event_unit integer[], event_stream uuid[], event_version integer[], event_name text[], event_region text[],
    event_state bytea[],
    read_unit integer[], read_stream uuid[], read_version integer[],
    claim_unit integer[], claim_kind text[], claim_scope text[], claim_value text[], claim_stream uuid[],
    claim_limit integer[],
    release_unit integer[], release_kind text[], release_scope text[], release_value text[], release_stream uuid[]
) RETURNS TABLE (unit integer, verdict text, detail jsonb)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    last_position bigint;
    last_moment   timestamptz;
    moment        timestamptz;
    numbers       text[];   -- by unit: its case number, and the new stream that bears it
    bearers       uuid[];
    refused       boolean := false;
BEGIN
    -- 0. Before the lock: is this a group its writer may send?
    IF cardinality(event_unit) > 1 AND EXISTS (
        SELECT FROM (
            SELECT w.version - lag(w.version) OVER (PARTITION BY w.stream ORDER BY w.ord) AS step,
                   w.unit < lag(w.unit) OVER (ORDER BY w.ord) AS astray
            FROM unnest(event_unit, event_stream, event_version) WITH ORDINALITY AS w (unit, stream, version, ord)
        ) AS s
        WHERE s.step <> 1 OR s.astray
    ) THEN
        RAISE EXCEPTION 'units come in order, and the versions of a stream without a gap' USING ERRCODE = 'JJ003';
    END IF;
    IF cardinality(unit_command) > 1 THEN
        IF EXISTS (
            SELECT FROM unnest(read_unit, read_stream) AS r (unit, stream)
            JOIN unnest(event_unit, event_stream) AS w (unit, stream) ON w.stream = r.stream AND w.unit <> r.unit
        ) OR EXISTS (
            SELECT FROM unnest(claim_unit, claim_kind, claim_scope, claim_value) AS c (unit, kind, scope, value)
            GROUP BY c.kind, c.scope, c.value HAVING min(c.unit) <> max(c.unit)
        ) THEN
            RAISE EXCEPTION 'two units of one group meet in a stream or a claim' USING ERRCODE = 'JJ003';
        END IF;
    END IF;

    PERFORM pg_advisory_xact_lock(7204301);

    -- 1. Was it done before?
    RETURN QUERY
        SELECT u.ord::integer,
               CASE WHEN r.request_hash = u.hash THEN 'already_done' ELSE 'key_reused' END,
               CASE WHEN r.request_hash = u.hash THEN log.told(r) END
        FROM unnest(unit_person, unit_key, unit_hash) WITH ORDINALITY AS u (person, key, hash, ord)
        JOIN log.receipts AS r ON r.person = u.person AND r.key = u.key;
    refused := refused OR FOUND;

    -- 2. Do the streams stand where the command saw them?
    RETURN QUERY
        SELECT s.unit, 'stale', jsonb_build_object('stream', s.stream, 'expected', s.seen, 'actual', coalesce(h.version, 0))
        FROM (
            SELECT w.unit, w.stream, min(w.version) - 1 AS seen
            FROM unnest(event_unit, event_stream, event_version) AS w (unit, stream, version)
            GROUP BY w.unit, w.stream
            UNION ALL
            SELECT r.unit, r.stream, r.version FROM unnest(read_unit, read_stream, read_version) AS r (unit, stream, version)
        ) AS s
        LEFT JOIN LATERAL (
            SELECT e.version FROM log.events AS e WHERE e.stream = s.stream ORDER BY e.version DESC LIMIT 1
        ) AS h ON true
        WHERE coalesce(h.version, 0) <> s.seen;
    refused := refused OR FOUND;

    -- 3. Is what they claim free?
    IF cardinality(claim_unit) > 0 THEN
    RETURN QUERY
        SELECT c.unit, 'claimed', jsonb_build_object(
            'kind', c.kind, 'scope', c.scope, 'value', c.value, 'stream', c.stream, 'limit', c.most, 'holder', t.holder)
        FROM (
            SELECT a.*, row_number() OVER (PARTITION BY a.unit, a.kind, a.scope, a.value ORDER BY a.ord) AS nth
            FROM unnest(claim_unit, claim_kind, claim_scope, claim_value, claim_stream, claim_limit) WITH ORDINALITY
                AS a (unit, kind, scope, value, stream, most, ord)
        ) AS c
        CROSS JOIN LATERAL (
            SELECT count(*) AS held, (array_agg(k.stream ORDER BY k.n DESC))[1] AS holder
            FROM log.claims AS k
            WHERE k.kind = c.kind AND k.scope = c.scope AND k.value = c.value
              AND NOT EXISTS (SELECT FROM log.releases AS l
                              WHERE l.kind = k.kind AND l.scope = k.scope AND l.value = k.value AND l.n = k.n)
              AND NOT EXISTS (SELECT FROM unnest(release_unit, release_kind, release_scope, release_value, release_stream)
                                  AS l (unit, kind, scope, value, stream)
                              WHERE l.unit = c.unit AND l.kind = k.kind AND l.scope = k.scope
                                AND l.value = k.value AND l.stream = k.stream)
        ) AS t
        WHERE t.held + c.nth > c.most;
    refused := refused OR FOUND;
    END IF;

    IF refused THEN
        RETURN;
    END IF;

    -- 4. Where and when we are: dense positions, a clock that never goes back.
    SELECT e.position, e.recorded_at INTO last_position, last_moment
        FROM log.events AS e ORDER BY e.position DESC LIMIT 1;
    last_position := coalesce(last_position, 0);
    moment := greatest(coalesce(at, clock_timestamp()), last_moment);
    IF at < last_moment THEN
        RAISE EXCEPTION 'a scripted moment lies before the last one' USING ERRCODE = 'JJ004';
    END IF;

    -- 5. Case numbers, in order within their region and year; borne by the first new stream of the unit, and refused
    --    (a claim must name its stream) when there is none.
    IF cardinality(array_remove(unit_number_region, NULL)) > 0 THEN
    WITH wished AS (
        SELECT u.ord::integer AS unit, u.region || '-' || to_char(moment AT TIME ZONE u.zone, 'YYYY') AS scope,
               (SELECT w.stream
                FROM unnest(event_unit, event_stream, event_version) WITH ORDINALITY AS w (unit, stream, version, ord)
                WHERE w.unit = u.ord AND w.version = 1 ORDER BY w.ord LIMIT 1) AS stream
        FROM unnest(unit_number_region, unit_zone) WITH ORDINALITY AS u (region, zone, ord)
        WHERE u.region IS NOT NULL
    ), given AS (
        INSERT INTO log.claims (kind, scope, value, n, stream)
        SELECT 'case_number', w.scope, '',
               coalesce((SELECT max(k.n) FROM log.claims AS k
                         WHERE k.kind = 'case_number' AND k.scope = w.scope AND k.value = ''), 0)
               + row_number() OVER (PARTITION BY w.scope ORDER BY w.unit), w.stream
        FROM wished AS w
        RETURNING scope, n, stream
    )
    SELECT array_agg(g.scope || '-' || lpad(g.n::text, greatest(4, length(g.n::text)), '0') ORDER BY u.ord),
           array_agg(g.stream ORDER BY u.ord)
    INTO numbers, bearers
    FROM generate_subscripts(unit_command, 1) AS u (ord)
    LEFT JOIN wished AS w ON w.unit = u.ord
    LEFT JOIN given AS g ON g.stream = w.stream;
    END IF;

    -- 6. Write.
    INSERT INTO log.events (position, stream, version, stored_name, region, recorded_at, command_id, case_number, state)
    SELECT last_position + e.ord, e.stream, e.version, e.name, e.region, moment, unit_command[e.unit],
           CASE WHEN e.version = 1 AND e.stream = bearers[e.unit] THEN numbers[e.unit] END, e.state
    FROM unnest(event_unit, event_stream, event_version, event_name, event_region, event_state)
        WITH ORDINALITY AS e (unit, stream, version, name, region, state, ord)
    ORDER BY e.ord;

    IF cardinality(release_unit) > 0 THEN
    INSERT INTO log.releases (kind, scope, value, n)
    SELECT r.kind, r.scope, r.value, k.n
    FROM unnest(release_kind, release_scope, release_value, release_stream) AS r (kind, scope, value, stream)
    CROSS JOIN LATERAL (
        SELECT k.n FROM log.claims AS k
        WHERE k.kind = r.kind AND k.scope = r.scope AND k.value = r.value AND k.stream = r.stream
          AND NOT EXISTS (SELECT FROM log.releases AS l
                          WHERE l.kind = k.kind AND l.scope = k.scope AND l.value = k.value AND l.n = k.n)
        ORDER BY k.n DESC LIMIT 1
    ) AS k;
    END IF;

    IF cardinality(claim_unit) > 0 THEN
    INSERT INTO log.claims (kind, scope, value, n, stream)
    SELECT c.kind, c.scope, c.value,
           coalesce((SELECT max(k.n) FROM log.claims AS k
                     WHERE k.kind = c.kind AND k.scope = c.scope AND k.value = c.value), 0)
           + row_number() OVER (PARTITION BY c.kind, c.scope, c.value ORDER BY c.ord), c.stream
    FROM unnest(claim_kind, claim_scope, claim_value, claim_stream) WITH ORDINALITY AS c (kind, scope, value, stream, ord);
    END IF;

    -- 7. Receipts and answers, from the same rows.
    RETURN QUERY
        WITH written AS (
            SELECT w.unit, last_position + min(w.ord) AS first_position, last_position + max(w.ord) AS final_position
            FROM unnest(event_unit) WITH ORDINALITY AS w (unit, ord) GROUP BY w.unit
        ), kept AS (
            INSERT INTO log.receipts (person, key, request_hash, command_id, first_position, last_position, recorded_at,
                                      case_number)
            SELECT unit_person[w.unit], unit_key[w.unit], unit_hash[w.unit], unit_command[w.unit], w.first_position,
                   w.final_position, moment, numbers[w.unit]
            FROM written AS w WHERE unit_key[w.unit] IS NOT NULL
        )
        SELECT w.unit, 'written', jsonb_build_object(
            'first_position', w.first_position, 'last_position', w.final_position, 'recorded_at', moment,
            'case_number', numbers[w.unit])
        FROM written AS w ORDER BY w.unit;

    PERFORM pg_notify('jejak_log', (last_position + cardinality(event_unit))::text);
END $$;

CREATE FUNCTION log.append_group(
    unit_command uuid[], unit_person uuid[], unit_key text[], unit_hash bytea[],
    unit_number_region text[], unit_zone text[],
    event_unit integer[], event_stream uuid[], event_version integer[], event_name text[], event_region text[],
    event_state bytea[],
    read_unit integer[], read_stream uuid[], read_version integer[],
    claim_unit integer[] DEFAULT '{}', claim_kind text[] DEFAULT '{}', claim_scope text[] DEFAULT '{}',
    claim_value text[] DEFAULT '{}', claim_stream uuid[] DEFAULT '{}', claim_limit integer[] DEFAULT '{}',
    release_unit integer[] DEFAULT '{}', release_kind text[] DEFAULT '{}', release_scope text[] DEFAULT '{}',
    release_value text[] DEFAULT '{}', release_stream uuid[] DEFAULT '{}'
) RETURNS TABLE (unit integer, verdict text, detail jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM log.append_under_lock(NULL, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                                        $18, $19, $20, $21, $22, $23, $24, $25, $26);
$$;

-- For demonstrations: the moment is given. Refused once anything else was written.
CREATE FUNCTION log.append_scripted(
    at timestamptz,
    unit_command uuid[], unit_person uuid[], unit_key text[], unit_hash bytea[],
    unit_number_region text[], unit_zone text[],
    event_unit integer[], event_stream uuid[], event_version integer[], event_name text[], event_region text[],
    event_state bytea[],
    read_unit integer[], read_stream uuid[], read_version integer[],
    claim_unit integer[], claim_kind text[], claim_scope text[], claim_value text[], claim_stream uuid[],
    claim_limit integer[],
    release_unit integer[], release_kind text[], release_scope text[], release_value text[], release_stream uuid[]
) RETURNS TABLE (unit integer, verdict text, detail jsonb)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7204301);
    SELECT coalesce(max(e.position), 0) INTO head FROM log.events AS e;
    IF head <> (SELECT s.last_position FROM log.script AS s) THEN
        RAISE EXCEPTION 'scripted events are refused: the log holds real ones' USING ERRCODE = 'JJ001';
    END IF;
    RETURN QUERY SELECT * FROM log.append_under_lock($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
        $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27);
    UPDATE log.script SET last_position = (SELECT coalesce(max(e.position), 0) FROM log.events AS e);
END $$;

-- A moment becomes a position first; under the same lock, so that nothing earlier can still arrive. Positions have no
-- gaps and the clock never goes back, so the last one is found by halving: no index that every append would pay for.
CREATE FUNCTION log.position_at(moment timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    least bigint := 0;
    most  bigint;
    half  bigint;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7204301);
    IF moment >= clock_timestamp() THEN
        RAISE EXCEPTION 'the moment lies in the future' USING ERRCODE = 'JJ002';
    END IF;
    SELECT coalesce(max(e.position), 0) INTO most FROM log.events AS e;
    WHILE least < most LOOP
        half := (least + most + 1) / 2;
        IF (SELECT e.recorded_at <= moment FROM log.events AS e WHERE e.position = half) THEN
            least := half;
        ELSE
            most := half - 1;
        END IF;
    END LOOP;
    RETURN least;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA log FROM PUBLIC;
GRANT EXECUTE ON FUNCTION log.append_group TO jejak_service;
GRANT EXECUTE ON FUNCTION log.told TO jejak_service;
GRANT EXECUTE ON FUNCTION log.position_at TO jejak_service, jejak_projector;
RESET ROLE;

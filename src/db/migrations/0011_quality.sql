-- Quality of what is delivered: counted where each row is seen anyway, kept by batch, summed by day. And what retention leaves behind.

-- ── Counted by landing ────────────────────────────────────────────────────────────────────────────────────────────────
-- One row for each gather, added in its transaction and never touched again: an upsert for each field would cost a push more than its versions.
CREATE TABLE batch_fill (
  batch_id bigint NOT NULL,
  first_row bigint NOT NULL,         -- rows of the batch before this gather
  rows int NOT NULL,                 -- rows that fit the feed's record; quarantined ones are not taken apart
  fields text[] NOT NULL,            -- the feed's own, then unknown ones
  filled int[] NOT NULL,             -- beside each field: rows in which it says something
  missing int[] NOT NULL,            -- rows that lack it altogether
  known int NOT NULL,                -- how many of `fields` are the feed's own
  PRIMARY KEY (batch_id, first_row)
);

-- ── Counted by normalise ──────────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE batch_reading (
  batch_id bigint PRIMARY KEY,
  read bigint NOT NULL,              -- versions that were run through the map
  sound bigint NOT NULL,             -- of these, without any issue
  -- Of records that were new: days from the day they speak of to the day they were received.
  dated bigint NOT NULL,
  late_days bigint NOT NULL,         -- their sum
  within_week bigint NOT NULL,
  within_month bigint NOT NULL,
  within_quarter bigint NOT NULL,
  later bigint NOT NULL,
  ahead bigint NOT NULL,             -- dated after they were received
  CHECK (dated = within_week + within_month + within_quarter + later + ahead)
);
CREATE TABLE batch_issue (
  batch_id bigint NOT NULL,
  pointer text COLLATE "C" NOT NULL,
  code text COLLATE "C" NOT NULL,
  rows bigint NOT NULL,
  PRIMARY KEY (batch_id, pointer, code)
);

-- ── Summed by day, by normalise, in the transaction that reads the batch ──────────────────────────────────────────────
CREATE TABLE feed_day (
  feed text COLLATE "C" NOT NULL,
  day date NOT NULL,                 -- on which the delivery was opened, Asia/Shanghai
  batches bigint NOT NULL,
  fetched bigint NOT NULL,
  quarantined bigint NOT NULL,
  declared bigint NOT NULL,          -- rows that sources declared
  new bigint NOT NULL,
  changed bigint NOT NULL,
  read bigint NOT NULL,
  sound bigint NOT NULL,
  dated bigint NOT NULL,
  late_days bigint NOT NULL,
  within_week bigint NOT NULL,
  within_month bigint NOT NULL,
  within_quarter bigint NOT NULL,
  later bigint NOT NULL,
  ahead bigint NOT NULL,
  PRIMARY KEY (feed, day)
);
CREATE TABLE field_day (
  feed text COLLATE "C" NOT NULL,
  day date NOT NULL,
  field text COLLATE "C" NOT NULL,
  known boolean NOT NULL,            -- false: a field that the feed does not know
  rows bigint NOT NULL,
  filled bigint NOT NULL,
  blank bigint NOT NULL,             -- said nothing, or was missing
  missing bigint NOT NULL,
  faulty bigint NOT NULL,            -- issues at this field
  PRIMARY KEY (feed, field, day),    -- a field's habit is the days before
  CHECK (filled + blank = rows AND missing <= blank)
);
CREATE INDEX field_day_day_idx ON field_day (day);
CREATE TABLE issue_day (
  feed text COLLATE "C" NOT NULL,
  day date NOT NULL,
  pointer text COLLATE "C" NOT NULL,
  code text COLLATE "C" NOT NULL,
  rows bigint NOT NULL,
  PRIMARY KEY (feed, day, pointer, code)
);

-- ── Checks between records ────────────────────────────────────────────────────────────────────────────────────────────
-- A red invoice and the blue one that it names. Few rows: a red invoice is one in fifty.
CREATE TABLE red_invoice (
  key_hash bytea NOT NULL,
  blue_key_hash bytea NOT NULL,
  touched_tick bigint NOT NULL,      -- the tick at which something about it or its blue one was news
  PRIMARY KEY (key_hash, blue_key_hash)
);
CREATE INDEX red_invoice_blue_key_hash_idx ON red_invoice (blue_key_hash);
CREATE INDEX red_invoice_touched_tick_idx ON red_invoice (touched_tick);

-- What project units report each month is judged as a series by project. No other fact is in this index.
CREATE INDEX fact_investment_project_idx ON fact ((body::jsonb #>> '{about,projectCode,normalised}')) WHERE kind = 'investment';

GRANT SELECT, INSERT ON batch_fill, batch_reading, batch_issue TO jingwei_pipeline;
GRANT SELECT, INSERT, UPDATE ON feed_day, field_day, issue_day TO jingwei_pipeline;
GRANT SELECT, INSERT, UPDATE, DELETE ON red_invoice TO jingwei_pipeline;
REVOKE UPDATE, DELETE ON batch_fill, batch_reading, batch_issue FROM jingwei_pipeline;
REVOKE DELETE ON feed_day, field_day, issue_day FROM jingwei_pipeline;
REVOKE ALL ON batch_fill, batch_reading, batch_issue, feed_day, field_day, issue_day, red_invoice FROM jingwei_reader;

-- ── Retention ─────────────────────────────────────────────────────────────────────────────────────────────────────────
-- How far each task has come. `tick`: what was superseded up to here is gone. `day`: pages as of days before it can no longer be shown.
CREATE TABLE retention_state (task text COLLATE "C" PRIMARY KEY, tick bigint NOT NULL, day date, ran_at timestamptz NOT NULL);
REVOKE ALL ON retention_state FROM jingwei_reader;
REVOKE INSERT, UPDATE, DELETE ON retention_state FROM jingwei_pipeline;
GRANT SELECT ON retention_state TO jingwei_pipeline;
CREATE VIEW jingwei_read.retention_state AS SELECT task, tick, day FROM retention_state;
GRANT SELECT ON jingwei_read.retention_state TO jingwei_reader;

-- Where the rows under seals were dropped: their digests stand in the seals, so the chain still verifies from here on.
CREATE TABLE audit_dropped (
  seal_id bigint PRIMARY KEY,        -- the last seal whose rows are gone
  below_xid xid8 NOT NULL,
  rows bigint NOT NULL,
  digest bytea NOT NULL,
  dropped_at timestamptz NOT NULL
);
REVOKE ALL ON audit_dropped FROM jingwei_reader;
REVOKE INSERT, UPDATE, DELETE ON audit_dropped FROM jingwei_pipeline;
GRANT SELECT ON audit_dropped TO jingwei_pipeline;

-- Raw versions and audit rows are only added to by everything but these two functions, which only the owner may call.

-- Versions that stood below those of a batch (its versions from_ord .. to_ord - 1) and whose bytes nothing needs. Kept whole are heads, the version a
-- fact was read from, versions of deliveries that wait, and records of which such a delivery has a version: turning it away puts an older head back.
CREATE FUNCTION superseded(of_batch bigint, from_ord int, to_ord int) RETURNS TABLE (key_hash bytea, batch_id bigint, ord int, bytes int) LANGUAGE sql STABLE SET search_path = jingwei, pg_temp AS $$
  SELECT v.key_hash, v.batch_id, v.ord, octet_length(v.payload)
  FROM (SELECT n.feed, n.key_hash, max(n.ord) AS ord FROM raw_version n WHERE n.batch_id = of_batch AND n.ord >= from_ord AND n.ord < to_ord GROUP BY n.feed, n.key_hash) n
  JOIN record r ON r.feed = n.feed AND r.key_hash = n.key_hash JOIN batch h ON h.batch_id = r.batch_id AND h.state = 'admitted'
  JOIN raw_version v ON v.key_hash = n.key_hash AND (v.batch_id, v.ord) < (of_batch, n.ord) JOIN batch b ON b.batch_id = v.batch_id AND b.state IN ('admitted', 'refused')
  LEFT JOIN fact f ON f.key_hash = n.key_hash
  WHERE v.payload IS NOT NULL AND (v.batch_id, v.ord) <> (r.batch_id, r.ord) AND (f.key_hash IS NULL OR (v.batch_id, v.ord) <> (f.batch_id, f.ord))
    AND NOT EXISTS (SELECT 1 FROM raw_version w JOIN batch o ON o.batch_id = w.batch_id WHERE w.key_hash = n.key_hash AND o.state NOT IN ('admitted', 'refused'))
$$;

-- Drops the bytes of these. The rows stay: reconciliation counts them, and their hashes tell that a version was there.
CREATE FUNCTION forget_superseded(of_batch bigint, from_ord int, to_ord int) RETURNS TABLE (rows bigint, bytes bigint) LANGUAGE sql SET search_path = jingwei, pg_temp AS $$
  WITH gone AS (
    UPDATE raw_version v SET payload = NULL FROM superseded(of_batch, from_ord, to_ord) o WHERE v.key_hash = o.key_hash AND v.batch_id = o.batch_id AND v.ord = o.ord RETURNING o.bytes
  )
  SELECT count(*), coalesce(sum(gone.bytes), 0)::bigint FROM gone
$$;

-- At most rows_max audit rows below a seal that audit_dropped names.
CREATE FUNCTION drop_audit_rows(below xid8, rows_max int) RETURNS bigint LANGUAGE sql SET search_path = jingwei, pg_temp AS $$
  WITH old AS (
    SELECT a.audit_id FROM audit a WHERE a.xid < below AND EXISTS (SELECT 1 FROM audit_dropped d WHERE d.below_xid >= below) ORDER BY a.xid, a.audit_id LIMIT rows_max
  ), gone AS (DELETE FROM audit a USING old o WHERE a.audit_id = o.audit_id RETURNING 1)
  SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION superseded(bigint, int, int), forget_superseded(bigint, int, int), drop_audit_rows(xid8, int) FROM PUBLIC;

-- Rows of the past are added in the order in which they end, receipts in that of their arrival: a block range index finds the oldest and costs next to nothing.
CREATE INDEX party_link_past_known_to_idx ON party_link_past USING brin (known_to);
CREATE INDEX edge_past_known_to_idx ON edge_past USING brin (known_to);
CREATE INDEX member_past_known_to_idx ON member_past USING brin (known_to);
CREATE INDEX tie_past_known_to_idx ON tie_past USING brin (known_to);
CREATE INDEX position_past_known_to_idx ON position_past USING brin (known_to);
CREATE INDEX receipt_received_at_idx ON receipt USING brin (received_at);

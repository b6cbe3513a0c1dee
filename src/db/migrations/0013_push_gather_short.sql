-- A gather of small pushes in fewer statements, each row written once: a gather's fixed share was more than that of its rows. And partitions that grow
-- with what there is, since each gather is a batch: at one push a second those of fixed width would be 21 a day, and a record's versions are looked
-- for in all of them.

-- Where the last partitions end. One row.
CREATE TABLE partition_edge (one boolean PRIMARY KEY DEFAULT true CHECK (one), raw_version bigint NOT NULL, fact_past bigint NOT NULL);
INSERT INTO partition_edge (raw_version, fact_past) SELECT
  (SELECT (max(substring(c.relname FROM '\d+$')::bigint) + 1) * 4096 FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'raw_version'::regclass AND c.relkind = 'r'),
  (SELECT (max(substring(c.relname FROM '\d+$')::bigint) + 1) * 16384 FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'fact_past'::regclass AND c.relkind = 'r');
GRANT SELECT ON partition_edge TO jingwei_pipeline;
REVOKE INSERT, UPDATE, DELETE ON partition_edge FROM jingwei_pipeline;

-- The next partition begins where the last one ends and holds an eighth of what came before it, but not less than a step: their number grows with the
-- logarithm of the batches. Called after its number, in steps.
CREATE FUNCTION add_partition(of_table text, edge bigint, step bigint, next bigint) RETURNS bigint LANGUAGE plpgsql SET search_path = jingwei, pg_temp AS $$
DECLARE
  name text := of_table || '_' || edge / step;
  ends bigint := (greatest(edge + greatest(edge / 8, 1), next + 1) + step - 1) / step * step;
BEGIN
  EXECUTE format('CREATE TABLE jingwei.%I PARTITION OF jingwei.%I FOR VALUES FROM (%s) TO (%s)', name, of_table, edge, ends);
  EXECUTE format('REVOKE ALL ON jingwei.%I FROM jingwei_pipeline', name);
  RETURN ends;
END $$;
REVOKE ALL ON FUNCTION add_partition(text, bigint, bigint, bigint) FROM PUBLIC;

CREATE OR REPLACE FUNCTION ensure_partitions(next_batch bigint, next_tick bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = jingwei, pg_temp AS $$
DECLARE
  batch_step constant bigint := 4096;    -- about four months of a city's daily deliveries
  tick_step constant bigint := 16384;
  edge partition_edge;
BEGIN
  SELECT * INTO edge FROM partition_edge;
  IF next_batch < edge.raw_version AND next_tick < edge.fact_past THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('jingwei.ensure_partitions'));
  SELECT * INTO edge FROM partition_edge;
  IF next_batch >= edge.raw_version THEN
    UPDATE partition_edge SET raw_version = add_partition('raw_version', edge.raw_version, batch_step, next_batch);
  END IF;
  IF next_tick >= edge.fact_past THEN
    UPDATE partition_edge SET fact_past = add_partition('fact_past', edge.fact_past, tick_step, next_tick);
  END IF;
END $$;

-- Rows of a push that shares a gather stand in its receipt; null where they lie in receipt_page.
ALTER TABLE receipt ADD COLUMN outcomes text, ADD COLUMN keys bytea, ADD COLUMN faults jsonb;

-- Parameters and answers as in migration 12.
CREATE OR REPLACE FUNCTION push_gather(
  of_feed text, mapping int, of_run text, at_time timestamptz, by_actor text, counts jsonb,
  h_key bytea[], h_hash bytea[], h_order text[], h_live boolean[],
  i_key text[], i_fingerprint bytea[], i_receipt text[], i_cutoff timestamptz,
  v_key bytea[], v_op text[], v_hash bytea[], v_order text[], v_live boolean[], v_payload text[],
  q_source text[], q_row bigint[], q_fault jsonb[], q_payload text[], q_sealed boolean,
  d_field text[], d_kind text[], d_rows bigint[],
  f_rows int, f_field text[], f_filled int[], f_missing int[], f_known int,
  r_id text[], r_department text[], r_sender text[], r_mode text[], r_rows int[], r_counts jsonb[],
  r_first_ord int[], r_versions int[], r_outcomes text[], r_keys bytea[], r_faults jsonb[],
  a_actor text[], a_detail jsonb[]
) RETURNS TABLE (answer text, batch bigint, detail jsonb) LANGUAGE plpgsql
-- Few rows found by their keys, always: a plan made while a table is small and without figures would read it all when it is large, and a plan for
-- each gather would cost more than its rows.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  new_batch bigint;
  new_tick bigint;
  net bigint := (counts ->> 'new')::bigint + (counts ->> 'revived')::bigint - (counts ->> 'withdrawn')::bigint;
  live_now bigint;
  last_watermark jsonb;
  has_orphans boolean;
  differs boolean;
  batch_edge bigint;
  tick_edge bigint;
  clock bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('landing ' || of_feed, 0));

  -- The plain comparison of heads first: the way over versions is planned over all partitions. LIMIT keeps it a look-up by the whole key.
  SELECT EXISTS (SELECT FROM batch b WHERE b.feed = of_feed AND b.state = 'landing' AND b.channel IN ('own', 'backfill')
        AND NOT EXISTS (SELECT FROM run r WHERE r.run_id = b.run_id AND r.state = 'running')),
      (SELECT jsonb_object_agg(i.key, jsonb_build_array(i.receipt_id, encode(i.fingerprint, 'hex')))
        FROM idempotency i WHERE i.feed = of_feed AND i.key = ANY (i_key) AND i.at > i_cutoff),
      EXISTS (SELECT FROM unnest(h_key, h_hash, h_order, h_live) AS a (k, h, o, l)
        LEFT JOIN LATERAL (SELECT x.*, (SELECT b.state FROM batch b WHERE b.batch_id = x.batch_id) AS state
          FROM record x WHERE x.feed = of_feed AND x.key_hash = a.k LIMIT 1) r ON true
        WHERE r.state <> 'admitted' OR r.content_hash IS DISTINCT FROM a.h OR r.source_order IS DISTINCT FROM a.o OR r.live IS DISTINCT FROM a.l),
      e.raw_version, e.fact_past, c.tick
    INTO has_orphans, detail, differs, batch_edge, tick_edge, clock
    FROM partition_edge e, truth_clock c;
  IF has_orphans THEN
    RETURN QUERY SELECT 'orphans', NULL::bigint, NULL::jsonb;
    RETURN;
  END IF;
  IF detail IS NOT NULL THEN
    RETURN QUERY SELECT 'known', NULL::bigint, detail;
    RETURN;
  END IF;
  IF differs THEN
    SELECT coalesce(jsonb_object_agg(encode(r.key_hash, 'hex'), jsonb_build_array(encode(r.content_hash, 'hex'), r.source_order, r.live)), '{}')
      INTO detail FROM admitted_heads(of_feed, h_key) r;
    IF EXISTS (SELECT FROM unnest(h_key, h_hash, h_order, h_live) AS a (k, h, o, l) WHERE (detail -> encode(a.k, 'hex')) IS DISTINCT FROM
        CASE WHEN a.h IS NOT NULL THEN jsonb_build_array(encode(a.h, 'hex'), a.o, a.l) END) THEN
      RETURN QUERY SELECT 'heads', NULL::bigint, detail;
      RETURN;
    END IF;
  END IF;

  -- The batch itself is written last, as it then stands: written twice its index entries would be too.
  new_batch := nextval('batch_batch_id_seq');
  IF new_batch >= batch_edge OR clock + 1024 >= tick_edge THEN
    PERFORM ensure_partitions(new_batch, clock + 1024);
  END IF;

  IF cardinality(v_key) > 0 THEN
    INSERT INTO raw_version (feed, key_hash, batch_id, ord, op, content_hash, source_order, payload)
      SELECT of_feed, v.k, new_batch, v.n - 1, v.op::"char", v.h, v.o, v.p
      FROM unnest(v_key, v_op, v_hash, v_order, v_payload) WITH ORDINALITY AS v (k, op, h, o, p, n);
    INSERT INTO record (feed, key_hash, content_hash, source_order, batch_id, ord, live)
      SELECT DISTINCT ON (v.k) of_feed, v.k, v.h, v.o, new_batch, v.n - 1, v.l
      FROM unnest(v_key, v_hash, v_order, v_live) WITH ORDINALITY AS v (k, h, o, l, n) ORDER BY v.k, v.n DESC
      ON CONFLICT (feed, key_hash) DO UPDATE SET content_hash = EXCLUDED.content_hash, source_order = EXCLUDED.source_order,
        batch_id = EXCLUDED.batch_id, ord = EXCLUDED.ord, live = EXCLUDED.live;
  END IF;
  IF cardinality(q_row) > 0 THEN
    INSERT INTO quarantine (feed, batch_id, source, row, code, pointer, expected, message, payload, sealed)
      SELECT of_feed, new_batch, q.s, q.r, q.f ->> 'code', q.f ->> 'pointer', q.f ->> 'expected', q.f -> 'message', q.p, q_sealed
      FROM unnest(q_source, q_row, q_fault, q_payload) AS q (s, r, f, p);
  END IF;
  IF cardinality(d_field) > 0 THEN
    INSERT INTO drift (feed, field, kind, first_batch_id, last_batch_id, rows)
      SELECT of_feed, d.f, d.k, new_batch, new_batch, d.n FROM unnest(d_field, d_kind, d_rows) AS d (f, k, n) ORDER BY d.f, d.k
      ON CONFLICT (feed, field, kind) DO UPDATE SET last_batch_id = EXCLUDED.last_batch_id, rows = drift.rows + EXCLUDED.rows;
  END IF;
  IF f_rows > 0 THEN
    INSERT INTO batch_fill (batch_id, first_row, rows, fields, filled, missing, known) VALUES (new_batch, 0, f_rows, f_field, f_filled, f_missing, f_known);
  END IF;
  IF cardinality(i_key) > 0 THEN
    INSERT INTO idempotency (feed, key, fingerprint, receipt_id, at)
      SELECT of_feed, i.k, i.f, i.r, at_time FROM unnest(i_key, i_fingerprint, i_receipt) AS i (k, f, r)
      ON CONFLICT (feed, key) DO UPDATE SET fingerprint = EXCLUDED.fingerprint, receipt_id = EXCLUDED.receipt_id, at = EXCLUDED.at;
  END IF;
  INSERT INTO batch_page (batch_id, first_ord, versions, rows, source)
    SELECT new_batch, r.o, r.v, r.n, r.i FROM unnest(r_id, r_first_ord, r_versions, r_rows) AS r (i, o, v, n);
  INSERT INTO receipt (receipt_id, feed, department, sender, kind, mode, batch_id, rows, counts, received_at, outcomes, keys, faults)
    SELECT r.i, of_feed, r.d, r.s, 'records', r.m, new_batch, r.n, r.c, at_time, r.o, r.k, r.f
    FROM unnest(r_id, r_department, r_sender, r_mode, r_rows, r_counts, r_outcomes, r_keys, r_faults) AS r (i, d, s, m, n, c, o, k, f);
  INSERT INTO run (run_id, source, kind, attempt, state, started_at, beat_at, request)
    VALUES (of_run, of_feed, 'push', 1, 'running', at_time, at_time, jsonb_build_object('pushes', cardinality(r_id)));

  INSERT INTO feed_state (feed, live, last_complete_at) VALUES (of_feed, net, at_time)
    ON CONFLICT (feed) DO UPDATE SET live = feed_state.live + EXCLUDED.live, last_complete_at = EXCLUDED.last_complete_at
    RETURNING live, watermark INTO live_now, last_watermark;
  -- The clock's row is locked from here to the commit, which is the end of this statement. As take_tick, without a call.
  WITH next AS (UPDATE truth_clock SET tick = truth_clock.tick + 1 RETURNING truth_clock.tick)
    INSERT INTO tick (tick, at, kind, actor, detail)
      SELECT next.tick, at_time, 'admission', by_actor, jsonb_build_object('batchId', new_batch::text, 'feed', of_feed) FROM next
    RETURNING tick INTO new_tick;
  -- A delivery that another hub has open counts what lands after its opening as its rival, whichever clock is ahead.
  INSERT INTO batch (batch_id, feed, run_id, mode, channel, state, since, schema_version, opened_at, next_ord,
      fetched, new, changed, unchanged, withdrawn, older, repeated, quarantined, revived, live_before, live_after, admitted_tick, landed_at)
    OVERRIDING SYSTEM VALUE
    SELECT new_batch, of_feed, of_run, 'increment', 'own', 'admitted', last_watermark, mapping, at_time, cardinality(v_key),
      c.fetched, c.new, c.changed, c.unchanged, c.withdrawn, c.older, c.repeated, c.quarantined, c.revived, live_now - net, live_now, new_tick,
      (SELECT greatest(at_time, max(b.opened_at)) FROM batch b WHERE b.feed = of_feed AND b.state IN ('landing', 'landed', 'held', 'queued'))
    FROM jsonb_to_record(counts) AS c (fetched bigint, new bigint, changed bigint, unchanged bigint, withdrawn bigint, older bigint,
      repeated bigint, quarantined bigint, revived bigint);
  INSERT INTO audit (at, actor, role, action, subject, detail, tick)
    SELECT at_time, a.a, 'partner', 'push.records', of_feed, a.d, NULL::bigint FROM unnest(a_actor, a_detail) AS a (a, d)
    UNION ALL
    SELECT at_time, by_actor, 'operator', 'batch.admit', of_feed || ' ' || new_batch,
      jsonb_build_object('fetched', counts ->> 'fetched', 'new', counts ->> 'new', 'changed', counts ->> 'changed'), new_tick;
  RETURN QUERY SELECT 'stored', new_batch, NULL::jsonb;
END $$;

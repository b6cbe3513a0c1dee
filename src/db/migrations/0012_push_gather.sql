-- Small pushes of one feed, gathered by a hub, stored and admitted by one statement (decision 21): some forty statements, each waiting for the one
-- before, took most of the time of a push. The hub classifies the rows by the heads it assumes; here, under the feed's lock, they are compared with
-- those that are. Where they differ nothing is done and the heads are the answer, so that the hub classifies again.

-- Runs that have not ended are few beside those that have; one begins with each gather.
CREATE INDEX run_running_idx ON run (source, kind) WHERE state = 'running';

-- Heads of the admitted world: one that a delivery moved which is not admitted is replaced by the version below it.
CREATE FUNCTION admitted_heads(of_feed text, keys bytea[]) RETURNS TABLE (key_hash bytea, content_hash bytea, source_order text, live boolean) LANGUAGE sql STABLE AS $$
  SELECT r.key_hash, h.content_hash, h.source_order, h.live
  FROM record r
  LEFT JOIN batch p ON p.batch_id = r.batch_id AND p.state <> 'admitted'
  CROSS JOIN LATERAL (
    SELECT r.content_hash, r.source_order, r.live WHERE p.batch_id IS NULL
    UNION ALL
    (SELECT v.content_hash, v.source_order, v.op NOT IN ('w', 'a')
     FROM raw_version v WHERE p.batch_id IS NOT NULL AND v.key_hash = r.key_hash AND (SELECT b.state FROM batch b WHERE b.batch_id = v.batch_id) = 'admitted'
     ORDER BY v.batch_id DESC, v.ord DESC LIMIT 1)
  ) h
  WHERE r.feed = of_feed AND r.key_hash = ANY (keys)
$$;

-- Answers: `stored` (with the batch); or, and then nothing was done, `heads` {key: [content hash, source order, live]}, `known` {idempotency key:
-- [receipt, fingerprint]}, `orphans` where a delivery that nobody goes on with is to be refused first. Arrays of one letter run in step: h assumed
-- heads (a null hash: no record), i idempotency, v versions in their order, q quarantine, d drift, f fill (the feed's own fields first, f_known of
-- them), r receipts, a audit.
CREATE FUNCTION push_gather(
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
  live_then bigint;
  live_now bigint;
  landed timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('landing ' || of_feed, 0));

  IF EXISTS (SELECT FROM batch b WHERE b.feed = of_feed AND b.state = 'landing' AND b.channel IN ('own', 'backfill')
      AND NOT EXISTS (SELECT FROM run r WHERE r.run_id = b.run_id AND r.state = 'running')) THEN
    RETURN QUERY SELECT 'orphans', NULL::bigint, NULL::jsonb;
    RETURN;
  END IF;

  IF cardinality(i_key) > 0 THEN
    SELECT jsonb_object_agg(i.key, jsonb_build_array(i.receipt_id, encode(i.fingerprint, 'hex'))) INTO detail
      FROM idempotency i WHERE i.feed = of_feed AND i.key = ANY (i_key) AND i.at > i_cutoff;
    IF detail IS NOT NULL THEN
      RETURN QUERY SELECT 'known', NULL::bigint, detail;
      RETURN;
    END IF;
  END IF;

  -- The plain comparison first: the way over versions is planned over all partitions. LIMIT keeps it a look-up by the whole key.
  IF EXISTS (SELECT FROM unnest(h_key, h_hash, h_order, h_live) AS a (k, h, o, l)
      LEFT JOIN LATERAL (SELECT x.*, (SELECT b.state FROM batch b WHERE b.batch_id = x.batch_id) AS state
        FROM record x WHERE x.feed = of_feed AND x.key_hash = a.k LIMIT 1) r ON true
      WHERE r.state <> 'admitted' OR r.content_hash IS DISTINCT FROM a.h OR r.source_order IS DISTINCT FROM a.o OR r.live IS DISTINCT FROM a.l)
  THEN
    SELECT coalesce(jsonb_object_agg(encode(r.key_hash, 'hex'), jsonb_build_array(encode(r.content_hash, 'hex'), r.source_order, r.live)), '{}')
      INTO detail FROM admitted_heads(of_feed, h_key) r;
    IF EXISTS (SELECT FROM unnest(h_key, h_hash, h_order, h_live) AS a (k, h, o, l) WHERE (detail -> encode(a.k, 'hex')) IS DISTINCT FROM
        CASE WHEN a.h IS NOT NULL THEN jsonb_build_array(encode(a.h, 'hex'), a.o, a.l) END) THEN
      RETURN QUERY SELECT 'heads', NULL::bigint, detail;
      RETURN;
    END IF;
  END IF;

  INSERT INTO run (run_id, source, kind, attempt, state, started_at, beat_at, request)
    VALUES (of_run, of_feed, 'push', 1, 'running', at_time, at_time, jsonb_build_object('pushes', cardinality(r_id)));
  INSERT INTO feed_state (feed) VALUES (of_feed) ON CONFLICT DO NOTHING;
  INSERT INTO batch (feed, run_id, mode, channel, state, since, schema_version, opened_at, next_ord,
      fetched, new, changed, unchanged, withdrawn, older, repeated, quarantined, revived)
    SELECT of_feed, of_run, 'increment', 'own', 'landing', s.watermark, mapping, at_time, cardinality(v_key),
      c.fetched, c.new, c.changed, c.unchanged, c.withdrawn, c.older, c.repeated, c.quarantined, c.revived
    FROM feed_state s, jsonb_to_record(counts) AS c (fetched bigint, new bigint, changed bigint, unchanged bigint, withdrawn bigint, older bigint,
      repeated bigint, quarantined bigint, revived bigint) WHERE s.feed = of_feed
    RETURNING batch_id INTO new_batch;
  PERFORM ensure_partitions(new_batch, (SELECT tick + 1024 FROM truth_clock));

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
  INSERT INTO receipt (receipt_id, feed, department, sender, kind, mode, batch_id, rows, counts, received_at)
    SELECT r.i, of_feed, r.d, r.s, 'records', r.m, new_batch, r.n, r.c, at_time
    FROM unnest(r_id, r_department, r_sender, r_mode, r_rows, r_counts) AS r (i, d, s, m, n, c);
  INSERT INTO receipt_page (receipt_id, first_row, batch_id, outcomes, keys, faults)
    SELECT r.i, 1, new_batch, r.o, r.k, r.f FROM unnest(r_id, r_outcomes, r_keys, r_faults) AS r (i, o, k, f);
  INSERT INTO audit (at, actor, role, action, subject, detail)
    SELECT at_time, a.a, 'partner', 'push.records', of_feed, a.d FROM unnest(a_actor, a_detail) AS a (a, d);

  -- A delivery that another hub has open counts what lands after its opening as its rival, whichever clock is ahead.
  SELECT greatest(at_time, max(b.opened_at)) INTO landed FROM batch b
    WHERE b.feed = of_feed AND b.state IN ('landing', 'landed', 'held', 'queued') AND b.batch_id <> new_batch;
  SELECT live INTO live_then FROM feed_state WHERE feed = of_feed FOR UPDATE;
  live_now := live_then + (counts ->> 'new')::bigint + (counts ->> 'revived')::bigint - (counts ->> 'withdrawn')::bigint;
  -- The clock's row is locked from here to the commit, which is the end of this statement.
  new_tick := take_tick('admission', by_actor, jsonb_build_object('batchId', new_batch::text, 'feed', of_feed), at_time);
  UPDATE batch SET state = 'admitted', admitted_tick = new_tick, live_before = live_then, live_after = live_now, landed_at = landed
    WHERE batch_id = new_batch;
  INSERT INTO audit (at, actor, role, action, subject, detail, tick)
    SELECT at_time, by_actor, 'operator', 'batch.admit', of_feed || ' ' || new_batch,
      jsonb_build_object('fetched', counts ->> 'fetched', 'new', counts ->> 'new', 'changed', counts ->> 'changed'), new_tick;
  UPDATE feed_state SET live = live_now, last_complete_at = at_time WHERE feed = of_feed;
  RETURN QUERY SELECT 'stored', new_batch, NULL::jsonb;
END $$;

REVOKE ALL ON FUNCTION admitted_heads(text, bytea[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION push_gather FROM PUBLIC;
GRANT EXECUTE ON FUNCTION admitted_heads(text, bytea[]), push_gather TO jingwei_pipeline;

-- Partitions are made by the owner through one audited function; everything else the pipeline does with plain rights.
CREATE FUNCTION ensure_partitions(next_batch bigint, next_tick bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = jingwei, pg_temp AS $$
DECLARE
  batch_width constant bigint := 4096;    -- about four months of a city's daily deliveries
  tick_width constant bigint := 16384;
  b bigint := next_batch / batch_width;
  t bigint := next_tick / tick_width;
BEGIN
  IF to_regclass('jingwei.raw_version_' || b) IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtext('jingwei.ensure_partitions'));
    EXECUTE format('CREATE TABLE IF NOT EXISTS jingwei.%I PARTITION OF jingwei.raw_version FOR VALUES FROM (%s) TO (%s)', 'raw_version_' || b, b * batch_width, (b + 1) * batch_width);
  END IF;
  IF to_regclass('jingwei.fact_past_' || t) IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtext('jingwei.ensure_partitions'));
    EXECUTE format('CREATE TABLE IF NOT EXISTS jingwei.%I PARTITION OF jingwei.fact_past FOR VALUES FROM (%s) TO (%s)', 'fact_past_' || t, t * tick_width, (t + 1) * tick_width);
  END IF;
END $$;
REVOKE ALL ON FUNCTION ensure_partitions(bigint, bigint) FROM PUBLIC;
SELECT ensure_partitions(0, 0);

GRANT USAGE ON SCHEMA jingwei TO jingwei_pipeline, jingwei_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jingwei TO jingwei_pipeline;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA jingwei TO jingwei_pipeline;
GRANT EXECUTE ON FUNCTION ensure_partitions(bigint, bigint) TO jingwei_pipeline;
-- Truth that is people's work and the audit are append-only for everyone but the owner.
REVOKE UPDATE, DELETE ON judgement, tick, audit, audit_seal, project_identity, project_merge, settings_version FROM jingwei_pipeline;

-- The reader sees read models and what explains them, never raw payloads, keys or credentials.
GRANT SELECT ON tick, position, position_past, project_list, project_token, taxpayer_token, registration, taxpayer, party, party_link, party_link_past,
  mention, judgement, project_record, edge, member_by_record, member_by_project, member_past, project_identity, project_merge, subject, tie, tie_past, fact, fact_past, issue
  TO jingwei_reader;

-- Row security. A range test on text COLLATE "C" is leakproof and indexable; an unset scope sees nothing.
CREATE FUNCTION scope_from() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT current_setting('jingwei.scope_from', true) COLLATE "C" $$;
CREATE FUNCTION scope_to() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT current_setting('jingwei.scope_to', true) COLLATE "C" $$;
GRANT EXECUTE ON FUNCTION scope_from(), scope_to() TO jingwei_reader;

ALTER TABLE project_list ENABLE ROW LEVEL SECURITY;
CREATE POLICY reader_scope ON project_list FOR SELECT TO jingwei_reader USING (scope >= scope_from() AND scope < scope_to());
ALTER TABLE project_token ENABLE ROW LEVEL SECURITY;
CREATE POLICY reader_scope ON project_token FOR SELECT TO jingwei_reader USING (scope >= scope_from() AND scope < scope_to());
ALTER TABLE registration ENABLE ROW LEVEL SECURITY;
CREATE POLICY reader_scope ON registration FOR SELECT TO jingwei_reader USING (scope >= scope_from() AND scope < scope_to());
ALTER TABLE taxpayer_token ENABLE ROW LEVEL SECURITY;
CREATE POLICY reader_scope ON taxpayer_token FOR SELECT TO jingwei_reader USING (scope >= scope_from() AND scope < scope_to());
-- One project's page is read by its id, so the sub-select is one index probe; lists never come this way (decision 17).
ALTER TABLE position ENABLE ROW LEVEL SECURITY;
CREATE POLICY reader_scope ON position FOR SELECT TO jingwei_reader
  USING (EXISTS (SELECT 1 FROM project_list l WHERE l.project_id = position.project_id));
ALTER TABLE position_past ENABLE ROW LEVEL SECURITY;
CREATE POLICY reader_scope ON position_past FOR SELECT TO jingwei_reader
  USING (EXISTS (SELECT 1 FROM project_list l WHERE l.project_id = position_past.project_id));

DO $$ DECLARE t text; BEGIN
  FOREACH t IN ARRAY ARRAY['project_list', 'project_token', 'registration', 'taxpayer_token', 'position', 'position_past'] LOOP
    EXECUTE format('CREATE POLICY pipeline_all ON jingwei.%I TO jingwei_pipeline USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;

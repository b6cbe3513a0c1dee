-- What the reader sees, and what the pipeline may change: denied unless listed.
--
-- Problem: facts, parties, links and memberships stood open to the reader; only the list and the positions were cut by scope. Row security on them
-- is no answer: the pipeline fills them by COPY, which row security refuses. So the reader gets views of the same names in a schema of its own,
-- first on its search path, and no right on the tables. They are plain views: the planner takes them apart, so a page of one project costs an index
-- probe per row. They guard against a statement that forgets its scope; who could run statements of his own could set the scope as well.

-- The hub's own area, written when it opens. Who may see all of it is not asked row by row.
CREATE TABLE region (
  code text NOT NULL,
  name text NOT NULL,
  scope_from text COLLATE "C" NOT NULL,
  scope_to text COLLATE "C" NOT NULL,
  CONSTRAINT region_pkey PRIMARY KEY (code)
);
REVOKE DELETE ON region FROM jingwei_pipeline;

CREATE SCHEMA jingwei_read;
GRANT USAGE ON SCHEMA jingwei_read TO jingwei_reader;

CREATE VIEW sees_region AS
  SELECT EXISTS (SELECT FROM region r WHERE scope_from() <= r.scope_from AND scope_to() >= r.scope_to) AS yes;

CREATE VIEW seen_project AS
  SELECT l.project_id FROM project_list l WHERE l.scope >= scope_from() AND l.scope < scope_to();

CREATE VIEW seen_record AS
  SELECT m.key_hash FROM member_by_record m WHERE EXISTS (SELECT FROM seen_project p WHERE p.project_id = m.project_id);

CREATE VIEW jingwei_read.member_by_project AS SELECT m.* FROM member_by_project m
  WHERE (SELECT yes FROM sees_region) OR EXISTS (SELECT FROM seen_project p WHERE p.project_id = m.project_id);

CREATE VIEW jingwei_read.member_by_record AS SELECT m.* FROM member_by_record m
  WHERE (SELECT yes FROM sees_region) OR EXISTS (SELECT FROM seen_project p WHERE p.project_id = m.project_id);

CREATE VIEW jingwei_read.tie AS SELECT t.* FROM tie t
  WHERE (SELECT yes FROM sees_region) OR EXISTS (SELECT FROM seen_project p WHERE p.project_id = t.project_id);

CREATE VIEW jingwei_read.project_record AS SELECT r.* FROM project_record r
  WHERE (SELECT yes FROM sees_region) OR EXISTS (SELECT FROM seen_record m WHERE m.key_hash = r.key_hash);

CREATE VIEW jingwei_read.mention AS SELECT n.* FROM mention n
  WHERE (SELECT yes FROM sees_region) OR EXISTS (SELECT FROM seen_record m WHERE m.key_hash = n.key_hash);

-- A subject is an invoice's parties and words, seen through its tie, or a section, seen as a record of the project.
CREATE VIEW jingwei_read.subject AS SELECT s.* FROM subject s
  WHERE (SELECT yes FROM sees_region)
    OR EXISTS (SELECT FROM tie t JOIN seen_project p ON p.project_id = t.project_id WHERE t.subject_hash = s.subject_hash)
    OR EXISTS (SELECT FROM seen_record m WHERE m.key_hash = s.ref_key_hash);

CREATE VIEW jingwei_read.fact AS SELECT f.* FROM fact f
  WHERE (SELECT yes FROM sees_region)
    OR EXISTS (SELECT FROM seen_record m WHERE m.key_hash = f.key_hash)
    OR EXISTS (SELECT FROM tie t JOIN seen_project p ON p.project_id = t.project_id WHERE t.subject_hash = f.subject_hash)
    OR EXISTS (SELECT FROM subject s JOIN seen_record m ON m.key_hash = s.ref_key_hash WHERE s.subject_hash = f.subject_hash);

-- A party is one's business where one of its projects is.
CREATE VIEW jingwei_read.party AS SELECT p.* FROM party p
  WHERE (SELECT yes FROM sees_region)
    OR EXISTS (SELECT FROM mention n JOIN seen_record m ON m.key_hash = n.key_hash WHERE n.text_hash = p.text_hash)
    OR EXISTS (SELECT FROM subject s JOIN tie t ON t.subject_hash = s.subject_hash JOIN seen_project v ON v.project_id = t.project_id WHERE s.seller_hash = p.text_hash)
    OR EXISTS (SELECT FROM subject s JOIN tie t ON t.subject_hash = s.subject_hash JOIN seen_project v ON v.project_id = t.project_id WHERE s.buyer_hash = p.text_hash);

CREATE VIEW jingwei_read.party_link AS SELECT l.* FROM party_link l
  WHERE (SELECT yes FROM sees_region) OR EXISTS (SELECT FROM jingwei_read.party p WHERE p.text_hash = l.text_hash);

CREATE VIEW jingwei_read.judgement AS SELECT j.* FROM judgement j
  WHERE (SELECT yes FROM sees_region)
    OR EXISTS (SELECT FROM jingwei_read.party p WHERE p.text_hash = j.text_hash)
    OR j.kind = 'record' AND EXISTS (SELECT FROM seen_record m WHERE m.key_hash = j.key_hash);

CREATE VIEW jingwei_read.edge AS SELECT e.* FROM edge e
  WHERE (SELECT yes FROM sees_region)
    OR EXISTS (SELECT FROM seen_record m WHERE m.key_hash = e.a) AND EXISTS (SELECT FROM seen_record m WHERE m.key_hash = e.b);

-- By the register's own scope, also for those who see the region: a registration elsewhere stays elsewhere.
CREATE VIEW jingwei_read.taxpayer AS SELECT x.* FROM taxpayer x
  WHERE EXISTS (SELECT FROM registration r WHERE r.taxpayer_id = x.taxpayer_id AND r.scope >= scope_from() AND r.scope < scope_to());

-- When, never who or what; and which number a project goes by now.
CREATE VIEW jingwei_read.tick AS SELECT tick, at FROM tick;
CREATE VIEW jingwei_read.project_merge AS SELECT project_id, merged_into, tick FROM project_merge;

REVOKE ALL ON ALL TABLES IN SCHEMA jingwei FROM jingwei_reader;
-- The tables whose row security holds against the reader itself, and the grid, which is public.
GRANT SELECT ON project_list, project_token, position, position_past, registration, taxpayer_token, grid_node TO jingwei_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA jingwei_read TO jingwei_reader;

-- What was delivered, what was held true before, and who a taxpayer is are written once. Runs, batches and credentials end, they do not vanish.
REVOKE UPDATE, DELETE ON raw_version, fact_past, party_link_past, edge_past, member_past, tie_past, position_past, taxpayer FROM jingwei_pipeline;
REVOKE DELETE ON run, slot, batch, batch_page, feed_state, drift, quarantine, subject_key, normalised_batch, "user", token, api_key, grid_node FROM jingwei_pipeline;
REVOKE INSERT, DELETE ON truth_clock FROM jingwei_pipeline;
REVOKE INSERT, UPDATE, DELETE ON migration, sees_region, seen_project, seen_record FROM jingwei_pipeline;

-- Partitions carry rights of their own, from the default rights of the schema: the same is taken from them.
CREATE OR REPLACE FUNCTION ensure_partitions(next_batch bigint, next_tick bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = jingwei, pg_temp AS $$
DECLARE
  batch_width constant bigint := 4096;    -- about four months of a city's daily deliveries
  tick_width constant bigint := 16384;
  b bigint := next_batch / batch_width;
  t bigint := next_tick / tick_width;
BEGIN
  IF to_regclass('jingwei.raw_version_' || b) IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtext('jingwei.ensure_partitions'));
    EXECUTE format('CREATE TABLE IF NOT EXISTS jingwei.%I PARTITION OF jingwei.raw_version FOR VALUES FROM (%s) TO (%s)', 'raw_version_' || b, b * batch_width, (b + 1) * batch_width);
    EXECUTE format('REVOKE ALL ON jingwei.%I FROM jingwei_pipeline', 'raw_version_' || b);
  END IF;
  IF to_regclass('jingwei.fact_past_' || t) IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtext('jingwei.ensure_partitions'));
    EXECUTE format('CREATE TABLE IF NOT EXISTS jingwei.%I PARTITION OF jingwei.fact_past FOR VALUES FROM (%s) TO (%s)', 'fact_past_' || t, t * tick_width, (t + 1) * tick_width);
    EXECUTE format('REVOKE ALL ON jingwei.%I FROM jingwei_pipeline', 'fact_past_' || t);
  END IF;
END $$;
DO $$ DECLARE p regclass; BEGIN
  FOR p IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent IN ('jingwei.raw_version'::regclass, 'jingwei.fact_past'::regclass) LOOP
    EXECUTE format('REVOKE ALL ON %s FROM jingwei_pipeline', p);
  END LOOP;
END $$;

-- Lockout after failed logins (等保), shared by all hubs of a database.
ALTER TABLE "user" ADD COLUMN failed_logins integer NOT NULL DEFAULT 0, ADD COLUMN locked_until timestamptz(3), ADD COLUMN password_changed_at timestamptz(3);

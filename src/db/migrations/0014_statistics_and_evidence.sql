-- What two records say about being one project is read off the two records (link/projects/compare.ts): kept beside each edge it was three quarters of
-- the largest table of a city, and nobody reads it but the page of one project.
DROP VIEW jingwei_read.edge;
ALTER TABLE edge DROP COLUMN evidence;
ALTER TABLE edge_past DROP COLUMN evidence;
CREATE VIEW jingwei_read.edge AS SELECT e.* FROM edge e
  WHERE (SELECT yes FROM sees_region)
    OR EXISTS (SELECT FROM seen_record m WHERE m.key_hash = e.a) AND EXISTS (SELECT FROM seen_record m WHERE m.key_hash = e.b);
GRANT SELECT ON jingwei_read.edge TO jingwei_reader;

-- The link stage fills whole tables in one transaction. The server's own collector sees them after the commit, and until then the planner takes a
-- table of millions for one that it can scan for every piece. Here the owner looks at the tables that have doubled since anybody looked.
CREATE FUNCTION analyse_grown(names text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = jingwei, pg_temp AS $$
DECLARE
  small constant bigint := 8 * 1024 * 1024;   -- any plan will do for less
  t record;
BEGIN
  FOR t IN SELECT c.oid, c.relname, c.relpages FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'jingwei' AND c.relkind = 'r' AND c.relname = ANY (names)
  LOOP
    IF pg_relation_size(t.oid) > greatest(small, 2 * 8192 * greatest(t.relpages, 0)::bigint) THEN
      EXECUTE format('ANALYZE jingwei.%I', t.relname);
    END IF;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION analyse_grown(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analyse_grown(text[]) TO jingwei_pipeline;

-- Ties read the projects that their parties and names lead to, and no others.
CREATE INDEX project_record_owner_key_idx ON project_record (owner_key) WHERE owner_key IS NOT NULL;
CREATE INDEX project_record_contractor_keys_idx ON project_record USING gin (contractor_keys);
CREATE INDEX project_record_name_key_idx ON project_record (name_key) WHERE name_key IS NOT NULL;

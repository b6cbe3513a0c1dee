-- Facts of every department are tied to projects, their parties linked, and the names that commerce knows are evidence for the register.

-- A subject may name a record, a code, a report number, parties and a name at once; `record` names a record alone.
ALTER TABLE subject DROP CONSTRAINT subject_kind_check;
ALTER TABLE subject ADD CONSTRAINT subject_kind_check CHECK (kind IN ('record', 'invoice', 'about'));
ALTER TABLE subject
  ADD COLUMN holder_hash bytea,                      -- who may be owner or contractor: 户主, 收款方
  ADD COLUMN holder_key text COLLATE "C",
  ADD COLUMN seller_registration text COLLATE "C",   -- 登记序号 of who works, where the tax core names it
  ADD COLUMN project_code text COLLATE "C",
  ADD COLUMN own_report text COLLATE "C",            -- number of the cross-region report that its facts are
  ADD COLUMN on_text text,                           -- the day that tells one project of the same parties from another
  ADD COLUMN name_key text COLLATE "C";              -- piece of its project name, where the name alone may be enough
UPDATE subject SET project_code = substring(project_name FROM '(?<!\d)\d{4}-\d{6}-\d{2}-\d{2}-\d{6}(?!\d)') WHERE kind = 'invoice' AND project_name IS NOT NULL;
CREATE INDEX subject_holder_hash_idx ON subject (holder_hash) WHERE holder_hash IS NOT NULL;
CREATE INDEX subject_holder_key_idx ON subject (holder_key) WHERE holder_key IS NOT NULL;
CREATE INDEX subject_seller_registration_idx ON subject (seller_registration) WHERE seller_registration IS NOT NULL;
CREATE INDEX subject_project_code_idx ON subject (project_code) WHERE project_code IS NOT NULL;
CREATE INDEX subject_report_number_idx ON subject (report_number) WHERE report_number IS NOT NULL;
CREATE INDEX subject_name_key_idx ON subject (name_key) WHERE name_key IS NOT NULL;
CREATE INDEX subject_own_report_idx ON subject (own_report) WHERE own_report IS NOT NULL;
CREATE INDEX project_record_project_code_idx ON project_record (project_code) WHERE project_code IS NOT NULL;

-- Mentions are kept for every record with parties but invoices, whose subject names them; with the subject, so that a tied record leads to its project.
ALTER TABLE mention ADD COLUMN subject_hash bytea;

-- Names that the register of commerce knows, by organisation core: names a registration may be called by as well.
CREATE TABLE commerce_name (
  key_hash bytea NOT NULL,           -- the commerce record that says so
  core text COLLATE "C" NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (key_hash, name)
);
CREATE INDEX commerce_name_core_idx ON commerce_name (core);
ALTER TABLE registration ADD COLUMN other_names text[] NOT NULL DEFAULT '{}';
CREATE INDEX registration_core_idx ON registration (core) WHERE core IS NOT NULL;

-- What the reader sees. The tax core's facts of a taxpayer, and what the police know of dwellings, speak of no project: no view shows them, but for
-- payments that carry a project's report number.
CREATE OR REPLACE VIEW jingwei_read.subject AS SELECT s.* FROM subject s
  WHERE (SELECT yes FROM sees_region)
    OR EXISTS (SELECT FROM tie t JOIN seen_project p ON p.project_id = t.project_id WHERE t.subject_hash = s.subject_hash)
    OR EXISTS (SELECT FROM seen_record m WHERE m.key_hash = s.ref_key_hash);

CREATE OR REPLACE VIEW jingwei_read.fact AS SELECT f.* FROM fact f
  WHERE (f.subject_hash IS NOT NULL OR f.kind NOT IN ('taxReturn', 'taxPayment', 'invoiceSupply', 'invoiceQuota', 'riskTask', 'socialInsurance', 'prepayment', 'letting'))
    AND ((SELECT yes FROM sees_region)
      OR EXISTS (SELECT FROM seen_record m WHERE m.key_hash = f.key_hash)
      OR EXISTS (SELECT FROM tie t JOIN seen_project p ON p.project_id = t.project_id WHERE t.subject_hash = f.subject_hash)
      OR EXISTS (SELECT FROM subject s JOIN seen_record m ON m.key_hash = s.ref_key_hash WHERE s.subject_hash = f.subject_hash));

CREATE OR REPLACE VIEW jingwei_read.mention AS SELECT n.* FROM mention n
  WHERE (SELECT yes FROM sees_region)
    OR EXISTS (SELECT FROM seen_record m WHERE m.key_hash = n.key_hash)
    OR EXISTS (SELECT FROM tie t JOIN seen_project p ON p.project_id = t.project_id WHERE t.subject_hash = n.subject_hash);

CREATE OR REPLACE VIEW jingwei_read.party AS SELECT p.* FROM party p
  WHERE (SELECT yes FROM sees_region)
    OR EXISTS (SELECT FROM mention n JOIN seen_record m ON m.key_hash = n.key_hash WHERE n.text_hash = p.text_hash)
    OR EXISTS (SELECT FROM mention n JOIN tie t ON t.subject_hash = n.subject_hash JOIN seen_project v ON v.project_id = t.project_id WHERE n.text_hash = p.text_hash)
    OR EXISTS (SELECT FROM subject s JOIN tie t ON t.subject_hash = s.subject_hash JOIN seen_project v ON v.project_id = t.project_id WHERE s.seller_hash = p.text_hash)
    OR EXISTS (SELECT FROM subject s JOIN tie t ON t.subject_hash = s.subject_hash JOIN seen_project v ON v.project_id = t.project_id WHERE s.buyer_hash = p.text_hash);

-- Which departments speak of a project: its records, and everything that is tied to it.
CREATE OR REPLACE VIEW jingwei_read.project_feed AS
  SELECT m.project_id, r.feed FROM member_by_project m JOIN project_record r ON r.key_hash = m.key_hash
  WHERE EXISTS (SELECT FROM seen_project p WHERE p.project_id = m.project_id)
  UNION ALL
  SELECT t.project_id, f.feed FROM tie t JOIN fact f ON f.subject_hash = t.subject_hash
  WHERE EXISTS (SELECT FROM seen_project p WHERE p.project_id = t.project_id);

-- What a person does to links and projects is an act: one or several judgements with one author, reason and undo. Large ones are proposed by one
-- person and answered by another. Names that people confirmed become evidence with an owner and an expiry.

CREATE TABLE act (
  act_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  verb text NOT NULL CHECK (verb IN ('confirm', 'reject', 'doubt', 'merge', 'split', 'undo')),
  subject text COLLATE "C" NOT NULL, -- what it is about, the same for the same question: one open proposal each
  text_hash bytea,                   -- of a party
  key_hashes bytea[] NOT NULL,       -- records that it joins or parts
  input jsonb NOT NULL,              -- what was asked, as it is asked again when a proposal is confirmed
  undoes bigint REFERENCES act (act_id),
  author text NOT NULL,
  author_name text NOT NULL,
  reason text NOT NULL,
  evidence_digest bytea NOT NULL,    -- of what its author was shown
  settings int NOT NULL,             -- version of the link settings then in force
  effect jsonb NOT NULL,             -- what the preview told: projects, links, sums
  is_proposal boolean NOT NULL,      -- it counts from the day another person confirms it
  tick bigint,                       -- of its judgements; null for a proposal
  at timestamptz NOT NULL,
  CHECK (is_proposal = (tick IS NULL)),
  CHECK ((verb = 'undo') = (undoes IS NOT NULL))
);
CREATE INDEX act_text_hash_idx ON act (text_hash) WHERE text_hash IS NOT NULL;
CREATE INDEX act_key_hashes_idx ON act USING gin (key_hashes);
CREATE INDEX act_proposal_idx ON act (act_id) WHERE is_proposal;

-- What became of a proposal. One answer each.
CREATE TABLE act_answer (
  act_id bigint PRIMARY KEY REFERENCES act (act_id),
  answer text NOT NULL CHECK (answer IN ('confirmed', 'declined', 'withdrawn')),
  author text NOT NULL,
  author_name text NOT NULL,
  reason text NOT NULL,
  tick bigint,
  at timestamptz NOT NULL,
  CHECK ((answer = 'confirmed') = (tick IS NOT NULL))
);

ALTER TABLE judgement
  ADD COLUMN act_id bigint REFERENCES act (act_id),   -- null before acts were kept
  ADD COLUMN proposed_digest bytea;  -- of the evidence for the registration that was rejected: other evidence asks again
CREATE INDEX judgement_act_id_idx ON judgement (act_id) WHERE act_id IS NOT NULL;
CREATE INDEX judgement_other_key_hash_idx ON judgement (other_key_hash) WHERE kind = 'record';

-- Names by which a registration is called as well, said by a person with a judgement. They count until their last day, until they are ended, or
-- until the judgement is undone.
CREATE TABLE alias (
  alias_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  registration_id text COLLATE "C" NOT NULL,
  name text NOT NULL,                -- folded, as names of the register are
  kind text NOT NULL CHECK (kind IN ('shortName', 'siteName', 'rename')),
  valid_until date NOT NULL,         -- its last day
  judgement_id bigint NOT NULL REFERENCES judgement (judgement_id),
  owner text NOT NULL,
  owner_name text NOT NULL,
  tick bigint NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX alias_registration_id_idx ON alias (registration_id);
CREATE INDEX alias_judgement_id_idx ON alias (judgement_id);
CREATE TABLE alias_end (
  alias_id bigint PRIMARY KEY REFERENCES alias (alias_id),
  why text NOT NULL CHECK (why IN ('expired', 'withdrawn')),
  author text NOT NULL,
  reason text NOT NULL,
  tick bigint NOT NULL,
  at timestamptz NOT NULL
);
CREATE VIEW living_alias AS SELECT a.* FROM alias a
  WHERE NOT EXISTS (SELECT FROM alias_end e WHERE e.alias_id = a.alias_id) AND NOT EXISTS (SELECT FROM judgement u WHERE u.undoes = a.judgement_id);

REVOKE UPDATE, DELETE ON act, act_answer, alias, alias_end FROM jingwei_pipeline;
REVOKE INSERT, UPDATE, DELETE ON living_alias FROM jingwei_pipeline;
REVOKE ALL ON act, act_answer, alias, alias_end, living_alias FROM jingwei_reader;

DROP VIEW jingwei_read.judgement;
CREATE VIEW jingwei_read.judgement AS SELECT j.* FROM judgement j
  WHERE (SELECT yes FROM sees_region)
    OR EXISTS (SELECT FROM jingwei_read.party p WHERE p.text_hash = j.text_hash)
    OR j.kind = 'record' AND EXISTS (SELECT FROM seen_record m WHERE m.key_hash = j.key_hash);
CREATE VIEW jingwei_read.act AS SELECT a.* FROM act a
  WHERE (SELECT yes FROM sees_region)
    OR EXISTS (SELECT FROM jingwei_read.party p WHERE p.text_hash = a.text_hash)
    OR EXISTS (SELECT FROM unnest(a.key_hashes) AS k JOIN seen_record m ON m.key_hash = k);
CREATE VIEW jingwei_read.act_answer AS SELECT n.* FROM act_answer n WHERE EXISTS (SELECT FROM jingwei_read.act a WHERE a.act_id = n.act_id);
CREATE VIEW jingwei_read.alias AS SELECT a.*, e.why AS ended_why, e.at AS ended_at,
    EXISTS (SELECT FROM living_alias l WHERE l.alias_id = a.alias_id) AS is_living
  FROM alias a LEFT JOIN alias_end e USING (alias_id)
  WHERE (SELECT yes FROM sees_region)
    OR EXISTS (SELECT FROM registration r WHERE r.registration_id = a.registration_id AND r.scope >= scope_from() AND r.scope < scope_to());
-- The thresholds that a link's probability is held against.
CREATE VIEW jingwei_read.link_settings AS SELECT version, (body->>'linkFrom')::float8 AS link_from, (body->>'reviewFrom')::float8 AS review_from FROM settings_version WHERE kind = 'link';
GRANT SELECT ON jingwei_read.judgement, jingwei_read.act, jingwei_read.act_answer, jingwei_read.alias, jingwei_read.link_settings TO jingwei_reader;

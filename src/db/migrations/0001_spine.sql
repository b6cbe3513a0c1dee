-- The spine: truth first (raw versions, judgements, dated rules), then what each stage derives from it.
-- Distribution when one machine is not enough (decision 22) stands behind each big table as `citus:`.
-- Big tables carry no foreign keys; text that is a key, an order or a prefix is COLLATE "C".

-- ── The one clock for truth ───────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE truth_clock (one boolean PRIMARY KEY DEFAULT true CHECK (one), tick bigint NOT NULL);
INSERT INTO truth_clock VALUES (true, 0);

CREATE TABLE tick (
  tick bigint PRIMARY KEY,
  at timestamptz NOT NULL,
  kind text NOT NULL,               -- admission | judgement | settings | mapping | rules | grid | withdrawal
  actor text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX tick_at_idx ON tick (at, tick);

-- Taken as the last statement before commit: the row lock makes ticks visible in their order, which now() and sequences do not.
CREATE FUNCTION take_tick(kind text, actor text, detail jsonb, at timestamptz) RETURNS bigint LANGUAGE sql AS $$
  WITH next AS (UPDATE truth_clock SET tick = truth_clock.tick + 1 RETURNING truth_clock.tick)
  INSERT INTO tick (tick, at, kind, actor, detail) SELECT next.tick, $4, $1, $2, $3 FROM next RETURNING tick
$$;

-- ── Runs, slots, batches ──────────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE run (
  run_id text COLLATE "C" PRIMARY KEY,
  source text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('import', 'load', 'push', 'replay', 'quarantineReplay', 'rehearsal')),
  slot_at timestamptz,
  attempt int NOT NULL DEFAULT 1,
  state text NOT NULL CHECK (state IN ('queued', 'running', 'green', 'held', 'failed', 'unreconciled')),
  started_at timestamptz NOT NULL,
  beat_at timestamptz NOT NULL,
  finished_at timestamptz,
  request jsonb NOT NULL DEFAULT '{}',
  figures jsonb,                     -- written once, when the run ends; never changed after
  error jsonb
);
CREATE INDEX run_started_at_idx ON run (started_at DESC, run_id);

CREATE TABLE slot (
  source text COLLATE "C" NOT NULL,
  slot_at timestamptz NOT NULL,
  run_id text NOT NULL,
  state text NOT NULL CHECK (state IN ('sent', 'running', 'done', 'failed', 'missed')),
  attempt int NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (source, slot_at)
);

CREATE TABLE feed_state (
  feed text COLLATE "C" PRIMARY KEY,
  watermark jsonb,                   -- of the last delivery that was complete
  live bigint NOT NULL DEFAULT 0,    -- records that are live in admitted batches
  last_complete_at timestamptz
);

CREATE TABLE batch (
  batch_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  feed text COLLATE "C" NOT NULL,
  run_id text NOT NULL,
  mode text NOT NULL CHECK (mode IN ('full', 'increment')),
  channel text NOT NULL CHECK (channel IN ('pull', 'own')),   -- a pull's open delivery is taken over by the next run; a file's or push's is its own
  state text NOT NULL CHECK (state IN ('landing', 'landed', 'held', 'queued', 'admitted', 'refused')),
  since jsonb,
  resume jsonb,                      -- checkpoint: moves in the transaction that stores the pages it covers
  watermark jsonb,
  schema_version int NOT NULL,
  declared_rows bigint,
  declared_fen bigint,
  next_ord int NOT NULL DEFAULT 0,
  fetched bigint NOT NULL DEFAULT 0,
  new bigint NOT NULL DEFAULT 0,
  changed bigint NOT NULL DEFAULT 0,
  unchanged bigint NOT NULL DEFAULT 0,
  withdrawn bigint NOT NULL DEFAULT 0,
  older bigint NOT NULL DEFAULT 0,
  repeated bigint NOT NULL DEFAULT 0,
  quarantined bigint NOT NULL DEFAULT 0,
  revived bigint NOT NULL DEFAULT 0,
  absent bigint NOT NULL DEFAULT 0,
  was_held boolean NOT NULL DEFAULT false,
  live_before bigint,
  live_after bigint,
  hold_reason jsonb,
  admitted_tick bigint,
  opened_at timestamptz NOT NULL,
  landed_at timestamptz,
  CHECK (fetched = new + changed + unchanged + withdrawn + older + repeated + quarantined)
);
CREATE UNIQUE INDEX batch_feed_open_key ON batch (feed) WHERE state = 'landing' AND channel = 'pull';
CREATE INDEX batch_run_id_idx ON batch (run_id);
CREATE UNIQUE INDEX batch_admitted_tick_key ON batch (admitted_tick) WHERE admitted_tick IS NOT NULL;
CREATE INDEX batch_feed_state_idx ON batch (feed, state, batch_id);

CREATE TABLE batch_page (
  batch_id bigint NOT NULL,
  first_ord int NOT NULL,
  versions int NOT NULL,             -- its versions are first_ord .. first_ord + versions - 1
  rows int NOT NULL,
  source text NOT NULL,              -- request or file, without secrets
  PRIMARY KEY (batch_id, first_ord, source)
);

-- ── Landing ───────────────────────────────────────────────────────────────────────────────────────────────────────────
-- citus: distribute by key_hash. The only uniqueness guard; `live` heads move when rows land, admission is told by the batch.
CREATE TABLE record (
  feed text COLLATE "C" NOT NULL,
  key_hash bytea NOT NULL,
  content_hash bytea NOT NULL,
  source_order text COLLATE "C",
  batch_id bigint NOT NULL,
  ord int NOT NULL,
  live boolean NOT NULL,
  PRIMARY KEY (feed, key_hash)
);

-- citus: distribute by key_hash, colocated with record. Payload is the source's own text; sensitive fields are sealed in it.
CREATE TABLE raw_version (
  feed text COLLATE "C" NOT NULL,
  key_hash bytea NOT NULL,
  batch_id bigint NOT NULL,
  ord int NOT NULL,
  op "char" NOT NULL,                -- n new, c changed, w withdrawn, r revived, a absent (no payload)
  content_hash bytea NOT NULL,
  source_order text COLLATE "C",
  payload text,
  PRIMARY KEY (key_hash, batch_id, ord)
) PARTITION BY RANGE (batch_id);
CREATE INDEX raw_version_batch_id_ord_idx ON raw_version (batch_id, ord);

-- What a full delivery has shown so far: exists only while such a delivery is open, since only it can prove deletion. Logged: a delivery that is
-- gone on with after the server crashed would else take what it had seen for gone.
CREATE TABLE seen_in_full (feed text COLLATE "C" NOT NULL, batch_id bigint NOT NULL, key_hash bytea NOT NULL, PRIMARY KEY (batch_id, key_hash));

CREATE TABLE quarantine (
  quarantine_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  feed text COLLATE "C" NOT NULL,
  batch_id bigint NOT NULL,
  source text NOT NULL,
  row bigint NOT NULL,
  code text NOT NULL,
  pointer text NOT NULL,
  expected text NOT NULL,
  message jsonb NOT NULL,            -- {zh, en}
  payload text NOT NULL,             -- sealed whole where the feed has sensitive fields
  sealed boolean NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'dismissed')),
  replayed_run_id text
);
CREATE INDEX quarantine_feed_state_idx ON quarantine (feed, state, quarantine_id);
CREATE INDEX quarantine_batch_id_idx ON quarantine (batch_id);

CREATE TABLE drift (
  feed text COLLATE "C" NOT NULL,
  field text COLLATE "C" NOT NULL,
  kind text NOT NULL CHECK (kind IN ('unknown', 'missing')),
  first_batch_id bigint NOT NULL,
  last_batch_id bigint NOT NULL,
  rows bigint NOT NULL,
  PRIMARY KEY (feed, field, kind)
);

-- One data key for each person: destroying it erases what was sealed with it, in every version (decision 7).
CREATE TABLE subject_key (
  subject bytea PRIMARY KEY,         -- blind index
  wrapped_key bytea,                 -- null once destroyed
  created_at timestamptz NOT NULL,
  destroyed_at timestamptz
);

-- ── Normalise ─────────────────────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE stage_cursor (stage text PRIMARY KEY, tick bigint NOT NULL);
INSERT INTO stage_cursor VALUES ('normalise', 0), ('link', 0), ('track', 0);

-- citus: distribute by key_hash. What is held true now; what was held before lies in fact_past.
CREATE TABLE fact (
  key_hash bytea NOT NULL,
  feed text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  batch_id bigint NOT NULL,
  ord int NOT NULL,
  mapping int NOT NULL,
  known_from bigint NOT NULL,
  source_order text COLLATE "C",
  subject_hash bytea,                -- what it speaks of: a section (measurement), an invoice subject
  event_on date,
  amount_fen bigint,                 -- the kind's main figure, tax-inclusive, signed; 0 for void
  class text,                        -- invoices: taxable | nonTaxable | void
  body text NOT NULL,
  PRIMARY KEY (key_hash)
);
CREATE INDEX fact_subject_hash_idx ON fact (subject_hash) WHERE subject_hash IS NOT NULL;
-- Stages read what became known since their cursor: rows arrive in tick order, so a block range index is enough.
CREATE INDEX fact_known_from_idx ON fact USING brin (known_from) WITH (pages_per_range = 16, autosummarize = on);

CREATE TABLE fact_past (
  key_hash bytea NOT NULL,
  feed text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  batch_id bigint NOT NULL,
  ord int NOT NULL,
  mapping int NOT NULL,
  known_from bigint NOT NULL,
  source_order text COLLATE "C",
  subject_hash bytea,
  event_on date,
  amount_fen bigint,
  class text,
  body text NOT NULL,
  known_to bigint NOT NULL,
  PRIMARY KEY (key_hash, known_from, known_to)
) PARTITION BY RANGE (known_to);
CREATE INDEX fact_past_subject_hash_idx ON fact_past (subject_hash) WHERE subject_hash IS NOT NULL;
CREATE INDEX fact_past_known_to_idx ON fact_past (known_to);

CREATE TABLE issue (
  key_hash bytea NOT NULL,
  seq int NOT NULL,
  feed text COLLATE "C" NOT NULL,
  batch_id bigint NOT NULL,
  ord int NOT NULL,
  mapping int NOT NULL,
  pointer text NOT NULL,
  code text COLLATE "C" NOT NULL,
  raw text,
  expected text NOT NULL,
  message jsonb NOT NULL,
  PRIMARY KEY (key_hash, seq)
);
CREATE INDEX issue_feed_code_idx ON issue (feed, code);

-- Each admitted version is counted again: facts + rejected + ignored (older than what is held, absence, withdrawal) = versions.
CREATE TABLE normalised_batch (
  batch_id bigint NOT NULL,
  mapping int NOT NULL,
  versions bigint NOT NULL,
  facts bigint NOT NULL,
  rejected bigint NOT NULL,
  ignored bigint NOT NULL,
  issues bigint NOT NULL,
  PRIMARY KEY (batch_id, mapping),
  CHECK (versions = facts + rejected + ignored)
);

-- A replay's results wait here until one short transaction swaps them in, so the clock's row is not locked while they are computed.
CREATE UNLOGGED TABLE replay_stage (
  run_id text COLLATE "C" NOT NULL,
  key_hash bytea NOT NULL,
  batch_id bigint NOT NULL,
  ord int NOT NULL,
  kind text,                         -- null: the mapping now gives no fact
  source_order text COLLATE "C",
  subject_hash bytea,
  event_on date,
  amount_fen bigint,
  class text,
  body text,
  issues jsonb NOT NULL,
  PRIMARY KEY (run_id, key_hash)
);

-- ── Link: parties to registrations ────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE settings_version (
  kind text NOT NULL,                -- link | group | rules
  version int NOT NULL,
  tick bigint NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (kind, version)
);

CREATE TABLE taxpayer (taxpayer_id text COLLATE "C" PRIMARY KEY, code_blind bytea UNIQUE, first_tick bigint NOT NULL);

CREATE TABLE registration (
  registration_id text COLLATE "C" PRIMARY KEY,
  taxpayer_id text COLLATE "C" NOT NULL,
  key_hash bytea NOT NULL,
  uscc text COLLATE "C",             -- null for natural persons: their code is an identity number
  core text COLLATE "C",
  name text NOT NULL,
  former_names text[] NOT NULL,
  status text,
  active boolean NOT NULL,
  vat_scheme text,
  division_code text COLLATE "C",
  address text,
  office_code text COLLATE "C",
  office_name text,
  officer_code text,
  scope text COLLATE "C" NOT NULL,   -- of the office in charge, never of the address (domain.md 0.3)
  known_from bigint NOT NULL
);
CREATE INDEX registration_taxpayer_id_idx ON registration (taxpayer_id);
CREATE INDEX registration_uscc_idx ON registration (uscc) WHERE uscc IS NOT NULL;

-- A distinct text by which records name an organisation; a mention is (record, role, seq) → party.
CREATE TABLE party (
  text_hash bytea PRIMARY KEY,
  name text NOT NULL,
  code jsonb,
  site_unit text,
  known_from bigint NOT NULL
);
CREATE TABLE mention (
  key_hash bytea NOT NULL,
  role text NOT NULL,
  seq smallint NOT NULL,
  text_hash bytea NOT NULL,
  feed text COLLATE "C" NOT NULL,
  PRIMARY KEY (key_hash, role, seq)
);
CREATE INDEX mention_text_hash_idx ON mention (text_hash);

CREATE TABLE party_link (
  text_hash bytea PRIMARY KEY,
  decision text NOT NULL CHECK (decision IN ('link', 'review', 'none')),
  registration_id text COLLATE "C",
  score double precision NOT NULL,
  reason text NOT NULL,
  evidence jsonb NOT NULL,
  candidates jsonb NOT NULL,
  settings int NOT NULL,
  judgement_id bigint,
  known_from bigint NOT NULL
);
CREATE INDEX party_link_registration_id_idx ON party_link (registration_id) WHERE registration_id IS NOT NULL;
CREATE INDEX party_link_decision_idx ON party_link (decision, score DESC, text_hash) WHERE decision = 'review';
CREATE TABLE party_link_past (LIKE party_link, known_to bigint NOT NULL, PRIMARY KEY (text_hash, known_from, known_to));

-- People's work: append-only, undone by a row of its own. A judgement joins a mention to a registration, or a record to a record.
CREATE TABLE judgement (
  judgement_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('party', 'record')),
  feed text,
  key_hash bytea,
  role text,
  text_hash bytea,
  registration_id text,
  other_key_hash bytea,
  verdict text NOT NULL CHECK (verdict IN ('positive', 'negative', 'unsure', 'undo')),
  undoes bigint REFERENCES judgement (judgement_id),
  author text NOT NULL,
  reason text NOT NULL,
  evidence_digest bytea NOT NULL,
  tick bigint NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX judgement_text_hash_idx ON judgement (text_hash) WHERE text_hash IS NOT NULL;
CREATE INDEX judgement_key_hash_idx ON judgement (key_hash) WHERE kind = 'record';
CREATE UNIQUE INDEX judgement_undoes_key ON judgement (undoes) WHERE undoes IS NOT NULL;

-- ── Link: records to projects ─────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE project_record (
  key_hash bytea PRIMARY KEY,
  feed text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  project_code text COLLATE "C",
  document_number text COLLATE "C",
  source_project text COLLATE "C",
  section text,
  owner_key text COLLATE "C",
  owner_name text,
  contractor_keys text[] NOT NULL,
  division_code text COLLATE "C",
  place_text text,
  amount_fen bigint,
  on_text text,
  known_from bigint NOT NULL
);
CREATE TABLE block (block_key text COLLATE "C" NOT NULL, key_hash bytea NOT NULL, PRIMARY KEY (block_key, key_hash));
CREATE INDEX block_key_hash_idx ON block (key_hash);

CREATE TABLE edge (
  a bytea NOT NULL,
  b bytea NOT NULL,
  weight double precision NOT NULL,
  veto boolean NOT NULL,
  rule text NOT NULL,
  evidence jsonb NOT NULL,
  settings int NOT NULL,
  known_from bigint NOT NULL,
  PRIMARY KEY (a, b),
  CHECK (a < b)
);
CREATE INDEX edge_b_idx ON edge (b);
CREATE TABLE edge_past (LIKE edge, known_to bigint NOT NULL, PRIMARY KEY (a, b, known_from, known_to));

CREATE TABLE project_identity (
  project_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  anchor_key bytea NOT NULL,
  minted_tick bigint NOT NULL,
  split_from bigint
);
CREATE TABLE project_merge (project_id bigint NOT NULL, merged_into bigint NOT NULL, tick bigint NOT NULL, PRIMARY KEY (project_id, tick));

-- Membership is kept twice (decision 22). citus: by record beside record, by project beside position.
CREATE TABLE member_by_record (key_hash bytea PRIMARY KEY, project_id bigint NOT NULL, known_from bigint NOT NULL);
CREATE TABLE member_by_project (project_id bigint NOT NULL, key_hash bytea NOT NULL, PRIMARY KEY (project_id, key_hash));
CREATE TABLE member_past (key_hash bytea NOT NULL, project_id bigint NOT NULL, known_from bigint NOT NULL, known_to bigint NOT NULL, PRIMARY KEY (key_hash, known_from, known_to));
CREATE INDEX member_past_project_id_idx ON member_past (project_id);

-- What many facts say in the same words is resolved once: a section (by its record), or an invoice's parties, project name and place.
CREATE TABLE subject (
  subject_hash bytea PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('record', 'invoice')),
  ref_key_hash bytea,
  seller_hash bytea,
  buyer_hash bytea,
  seller_key text COLLATE "C",       -- taxpayer, else organisation core, else folded name: the same key project records carry
  buyer_key text COLLATE "C",
  project_name text,
  place_text text,
  division_code text,
  report_number text,
  known_from bigint NOT NULL
);
CREATE INDEX subject_ref_key_hash_idx ON subject (ref_key_hash) WHERE ref_key_hash IS NOT NULL;
CREATE INDEX subject_seller_hash_idx ON subject (seller_hash) WHERE seller_hash IS NOT NULL;
CREATE INDEX subject_buyer_hash_idx ON subject (buyer_hash) WHERE buyer_hash IS NOT NULL;
CREATE INDEX subject_seller_key_idx ON subject (seller_key) WHERE seller_key IS NOT NULL;
CREATE INDEX subject_buyer_key_idx ON subject (buyer_key) WHERE buyer_key IS NOT NULL;

CREATE TABLE tie (
  subject_hash bytea PRIMARY KEY,
  project_id bigint,
  tier smallint,                     -- 1 the buyer is the owner, 2 between contractor and subcontractor (domain.md 0.7)
  score double precision NOT NULL,
  reason text NOT NULL,
  candidates jsonb NOT NULL,
  known_from bigint NOT NULL
);
CREATE INDEX tie_project_id_idx ON tie (project_id) WHERE project_id IS NOT NULL;
CREATE TABLE tie_past (LIKE tie, known_to bigint NOT NULL, PRIMARY KEY (subject_hash, known_from, known_to));
CREATE INDEX tie_past_project_id_idx ON tie_past (project_id) WHERE project_id IS NOT NULL;

-- ── Track ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- citus: distribute by project_id.
CREATE TABLE touched (project_id bigint PRIMARY KEY, tick bigint NOT NULL);

CREATE TABLE position (
  project_id bigint PRIMARY KEY,
  known_from bigint NOT NULL,
  changes_on date,                   -- the first day on which it would change by itself
  rules int NOT NULL,
  digest bytea NOT NULL,
  body text NOT NULL
);
CREATE INDEX position_changes_on_idx ON position (changes_on) WHERE changes_on IS NOT NULL;
CREATE TABLE position_past (LIKE position, known_to bigint NOT NULL, PRIMARY KEY (project_id, known_from, known_to));

-- The list: one row for each project × grid node. `shared_prefix` is the length of prefix that this row's scope shares with the project's row
-- before it (-1 for the first), so `shared_prefix < length(prefix)` shows each project once under any prefix.
CREATE TABLE project_list (
  scope text COLLATE "C" NOT NULL,
  project_id bigint NOT NULL,
  shared_prefix smallint NOT NULL,
  reason text NOT NULL CHECK (reason IN ('site', 'inCharge', 'supervising')),
  name text NOT NULL,
  project_code text COLLATE "C",
  division_code text COLLATE "C",    -- of the site, whichever node this row stands for
  owner_name text,
  contractor_names text NOT NULL,
  stage text NOT NULL,
  departments int NOT NULL,
  contract_fen bigint,
  work_done_fen bigint,
  receivable_fen bigint,
  net_invoiced_fen bigint NOT NULL,
  gap_fen bigint NOT NULL,
  last_event_on date,
  PRIMARY KEY (project_id, scope)
);
CREATE INDEX project_list_gap_idx ON project_list (gap_fen DESC, project_id, scope);
CREATE INDEX project_list_scope_idx ON project_list (scope, project_id);
-- The other two orders of the list: 350 ms without and 2 ms with them at 300 000 projects.
CREATE INDEX project_list_updated_idx ON project_list ((coalesce(last_event_on, '0001-01-01'::date)) DESC, project_id, scope);
CREATE INDEX project_list_name_idx ON project_list (name COLLATE "C", project_id, scope);

-- Two-character pieces and pinyin initials: equality on text is leakproof, so the index serves under row security (decision 18).
CREATE TABLE project_token (
  token text COLLATE "C" NOT NULL,
  project_id bigint NOT NULL,
  scope text COLLATE "C" NOT NULL,
  PRIMARY KEY (token, project_id, scope)
);
CREATE INDEX project_token_project_id_idx ON project_token (project_id);
CREATE TABLE taxpayer_token (token text COLLATE "C" NOT NULL, registration_id text COLLATE "C" NOT NULL, scope text COLLATE "C" NOT NULL, PRIMARY KEY (token, registration_id));
CREATE INDEX taxpayer_token_registration_id_idx ON taxpayer_token (registration_id);

-- ── Audit ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE audit (
  audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  role text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}',
  tick bigint,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id()   -- sealed in the order (xid, audit_id), below the oldest open transaction: none is missed
);
CREATE INDEX audit_xid_idx ON audit (xid, audit_id);
CREATE TABLE audit_seal (
  seal_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  first_xid xid8 NOT NULL,
  below_xid xid8 NOT NULL,
  rows bigint NOT NULL,
  previous bytea NOT NULL,
  digest bytea NOT NULL,             -- SM3 over the previous digest and the rows in order
  sealed_at timestamptz NOT NULL
);

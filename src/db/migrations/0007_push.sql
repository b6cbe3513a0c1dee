-- What partners push: one receipt for each push, its rows in pages, keys under which a push may be repeated, and reports of nothing to report.

CREATE TABLE receipt (
  receipt_id text COLLATE "C" PRIMARY KEY,
  feed text COLLATE "C" NOT NULL,
  department text COLLATE "C" NOT NULL,
  sender text NOT NULL,              -- id of the API key
  kind text NOT NULL CHECK (kind IN ('records', 'withdrawal')),
  mode text NOT NULL CHECK (mode IN ('partial', 'atomic')),
  batch_id bigint NOT NULL,
  rows int NOT NULL,
  counts jsonb NOT NULL,             -- outcome → rows; as it was answered, never changed after
  received_at timestamptz NOT NULL
);

-- Up to some thousand rows of a push in one row of ours: a letter and a key hash each, and the few faults in words. A row for each would cost as
-- much as the version it speaks of.
CREATE TABLE receipt_page (
  receipt_id text COLLATE "C" NOT NULL,
  first_row int NOT NULL,            -- counted from 1 in the order of the body
  batch_id bigint NOT NULL,
  outcomes text NOT NULL,            -- n new, c changed, u unchanged, o older, w withdrawn, r repeated, q quarantined
  keys bytea NOT NULL,               -- 16 bytes for each row; zeros where it has no key
  faults jsonb NOT NULL,             -- [{row, code, pointer, expected, message: {zh, en}}]
  PRIMARY KEY (receipt_id, first_row)
);
CREATE INDEX receipt_page_batch_id_idx ON receipt_page (batch_id);

CREATE TABLE idempotency (
  feed text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  fingerprint bytea NOT NULL,
  receipt_id text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (feed, key)
);
CREATE INDEX idempotency_at_idx ON idempotency (at);

CREATE TABLE zero_report (
  feed text COLLATE "C" NOT NULL,
  period text COLLATE "C" NOT NULL,  -- YYYY-MM or YYYY-MM-DD
  department text COLLATE "C" NOT NULL,
  sender text NOT NULL,
  reason text,
  at timestamptz NOT NULL,
  PRIMARY KEY (feed, period)
);
CREATE INDEX zero_report_feed_at_idx ON zero_report (feed, at DESC);

GRANT SELECT, INSERT ON receipt, receipt_page, idempotency, zero_report TO jingwei_pipeline;
-- Receipts and reports are what was said to a partner: written once. Keys run out; pages of a delivery that never came to an end go with it.
REVOKE UPDATE, DELETE ON receipt, zero_report FROM jingwei_pipeline;
REVOKE UPDATE ON receipt_page FROM jingwei_pipeline;
GRANT DELETE ON receipt_page TO jingwei_pipeline;
GRANT UPDATE, DELETE ON idempotency TO jingwei_pipeline;
REVOKE ALL ON receipt, receipt_page, idempotency, zero_report FROM jingwei_reader;

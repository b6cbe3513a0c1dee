-- Slots that nobody ran are kept and told; backfills stand beside the live state; source-days say what is owed and what came; messages go out once.

-- Up to where slots have been decided: the last one, or when the schedule was last set.
ALTER TABLE schedule
  ADD COLUMN catch_up_max integer NOT NULL DEFAULT 24,
  ADD COLUMN looked_to timestamptz(3);
ALTER TABLE schedule DROP CONSTRAINT schedule_catch_up_check;
ALTER TABLE schedule ALTER COLUMN catch_up SET DEFAULT 'latest';
UPDATE schedule SET catch_up = CASE catch_up WHEN 'each' THEN 'all' ELSE 'latest' END,
  looked_to = coalesce((SELECT max(slot_at) FROM slot WHERE slot.source = schedule.source), updated_at);
ALTER TABLE schedule ADD CONSTRAINT schedule_catch_up_check CHECK (catch_up IN ('latest', 'all', 'none'));

-- A missed slot has no run. `decided_at` minus `slot_at` is how late a slot was fired.
ALTER TABLE slot ALTER COLUMN run_id DROP NOT NULL;
ALTER TABLE slot ADD COLUMN decided_at timestamptz;
UPDATE slot SET decided_at = updated_at;
ALTER TABLE slot ALTER COLUMN decided_at SET NOT NULL;
ALTER TABLE slot ADD CONSTRAINT slot_run_id_check CHECK (state = 'missed' OR run_id IS NOT NULL);
CREATE INDEX slot_missed_idx ON slot (source, slot_at DESC) WHERE state = 'missed';

ALTER TABLE run DROP CONSTRAINT run_kind_check;
ALTER TABLE run ADD CONSTRAINT run_kind_check CHECK (kind IN ('import', 'backfill', 'load', 'push', 'replay', 'quarantineReplay', 'rehearsal'));
-- What a run has done so far, for who watches it: {pages, rows, slice, slices, day}. Its figures are written when it ends.
ALTER TABLE run ADD COLUMN progress jsonb;

-- A backfill's delivery is its own, and its watermark is nobody's start.
ALTER TABLE batch DROP CONSTRAINT batch_channel_check;
ALTER TABLE batch ADD CONSTRAINT batch_channel_check CHECK (channel IN ('pull', 'own', 'backfill'));
CREATE INDEX batch_feed_landed_at_idx ON batch (feed, landed_at) WHERE state = 'admitted';

-- What each feed owes, day by day, and what came of it.
CREATE TABLE source_day (
  feed text COLLATE "C" NOT NULL,
  day date NOT NULL,                 -- by the rule; where it is no workday `due_at` lies on the next one
  every text NOT NULL CHECK (every IN ('workday', 'day', 'week', 'month', 'quarter')),
  due_at timestamptz NOT NULL,
  period_from date NOT NULL,         -- the days of which it brings news
  period_to date NOT NULL,
  open_from timestamptz NOT NULL,    -- only what was fetched from then on settles it
  extract text NOT NULL,             -- YYYYMMDD: the least date of an extract that settles it
  needs_news boolean NOT NULL,       -- an empty answer does not settle it
  state text NOT NULL CHECK (state IN ('due', 'arrived', 'zero', 'late', 'excused')),
  late_at timestamptz,               -- when it was found late; stays when it is settled
  settled_at timestamptz,            -- when what settled it was there
  run_id text,                       -- of what arrived
  rows bigint,
  reason text,                       -- of a zero report or an excuse
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (feed, day),
  CHECK ((state IN ('arrived', 'zero', 'excused')) = (settled_at IS NOT NULL))
);
CREATE INDEX source_day_open_idx ON source_day (feed, day) WHERE state IN ('due', 'late');
CREATE INDEX source_day_day_idx ON source_day (day DESC, feed);

-- One message when a feed is late and one when it has recovered, under the first day of the incident. The id is the key by which a receiver tells repeats.
CREATE TABLE message (
  message_id text COLLATE "C" PRIMARY KEY,
  feed text COLLATE "C" NOT NULL,
  day date NOT NULL,
  kind text NOT NULL CHECK (kind IN ('late', 'recovered')),
  body jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  next_try_at timestamptz,           -- null: it is not to be sent, or no longer
  attempts int NOT NULL DEFAULT 0,
  sent_at timestamptz,
  last_error text,
  UNIQUE (feed, day, kind)
);
CREATE INDEX message_next_try_at_idx ON message (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX message_created_at_idx ON message (created_at DESC);

REVOKE DELETE ON message FROM jingwei_pipeline;
REVOKE ALL ON source_day, message FROM jingwei_reader;

-- The small tables, one row at a time through Prisma: schemas/prisma/schema.prisma states the same, and a test compares the two.

CREATE TABLE "user" (
  id text NOT NULL,
  name text NOT NULL,
  display_name text NOT NULL,
  password_hash text NOT NULL,       -- scrypt, with its parameters and salt
  role text NOT NULL,
  scope_prefix text NOT NULL,
  disabled_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT user_pkey PRIMARY KEY (id),
  CONSTRAINT user_role_check CHECK (role IN ('officer', 'steward', 'riskDesk', 'leader', 'operator', 'systemAdmin', 'securityAdmin', 'auditor', 'partner'))
);
CREATE UNIQUE INDEX user_name_key ON "user" (name);

-- Bearer tokens of machines and sessions; only the SHA-256 of a token is kept. The day of last use, not the instant: a write a day.
CREATE TABLE token (
  id text NOT NULL,
  hash bytea NOT NULL,
  name text NOT NULL,
  user_id text,                      -- set for sessions of a person
  role text NOT NULL,
  scope_prefix text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_on date,
  CONSTRAINT token_pkey PRIMARY KEY (id),
  CONSTRAINT token_user_id_fkey FOREIGN KEY (user_id) REFERENCES "user" (id) ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT token_role_check CHECK (role IN ('officer', 'steward', 'riskDesk', 'leader', 'operator', 'systemAdmin', 'securityAdmin', 'auditor', 'partner'))
);
CREATE UNIQUE INDEX token_hash_key ON token (hash);
CREATE INDEX token_user_id_idx ON token (user_id);

-- Keys of partner departments: for one feed, or for all feeds of the department.
CREATE TABLE api_key (
  id text NOT NULL,
  department text NOT NULL,
  feed text,
  name text NOT NULL,
  hash bytea NOT NULL,
  signing_secret bytea,              -- sealed; set where requests must be signed
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_on date,
  CONSTRAINT api_key_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX api_key_hash_key ON api_key (hash);
CREATE INDEX api_key_department_idx ON api_key (department);

CREATE TABLE schedule (
  source text NOT NULL,
  cron text NOT NULL,
  time_zone text NOT NULL DEFAULT 'Asia/Shanghai',
  enabled boolean NOT NULL DEFAULT true,
  catch_up text NOT NULL DEFAULT 'none',
  updated_at timestamptz(3) NOT NULL,
  CONSTRAINT schedule_pkey PRIMARY KEY (source),
  CONSTRAINT schedule_catch_up_check CHECK (catch_up IN ('latest', 'each', 'none'))
);

-- The three-level grid, dated: a code may be given to another area later.
CREATE TABLE grid_node (
  code text COLLATE "C" NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  name text NOT NULL,
  level text NOT NULL,
  parent text COLLATE "C",
  CONSTRAINT grid_node_pkey PRIMARY KEY (code, valid_from),
  CONSTRAINT grid_node_level_check CHECK (level IN ('county', 'town', 'village', 'subgrid')),
  CONSTRAINT grid_node_valid_check CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE INDEX grid_node_parent_idx ON grid_node (parent);

GRANT SELECT ON grid_node, schedule TO jingwei_reader;

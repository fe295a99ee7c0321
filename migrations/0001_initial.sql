-- Rules of the house: text keys compare bytewise (COLLATE "C"), every primary key starts with workspace_id, no sequences
-- in keys, no foreign key across workspaces. Money is bigint in units of 1/10000 cent. Instants are timestamptz, days are UTC.

CREATE DOMAIN key_text AS text COLLATE "C";

-- Identity ---------------------------------------------------------------------------------------------------------

CREATE TABLE workspaces (
    workspace_id key_text PRIMARY KEY CHECK (octet_length(workspace_id) BETWEEN 1 AND 64),
    name         text NOT NULL,
    created_at   timestamptz NOT NULL
);

CREATE TABLE users (
    workspace_id key_text NOT NULL REFERENCES workspaces,
    user_id      uuid NOT NULL,
    name         text NOT NULL,
    role         text NOT NULL CHECK (role IN ('member', 'manager')),
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, user_id),
    UNIQUE (workspace_id, name)
);

-- A key is 32 random bytes, so a plain SHA-256 is enough; only its visible prefix is stored in clear.
CREATE TABLE api_keys (
    workspace_id   key_text NOT NULL REFERENCES workspaces,
    key_id         uuid NOT NULL,
    user_id        uuid NOT NULL,
    key_hash       bytea NOT NULL UNIQUE CHECK (octet_length(key_hash) = 32),
    prefix         text NOT NULL,
    created_at     timestamptz NOT NULL,
    revoked_at     timestamptz,
    last_used_at   timestamptz,
    last_polled_at timestamptz,
    PRIMARY KEY (workspace_id, key_id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users
);

-- One row for the whole server: what an operator switched.
CREATE TABLE server_state (
    only_row          boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    maintenance_since timestamptz,
    bootstrapped_at   timestamptz
);
INSERT INTO server_state DEFAULT VALUES;

-- Devices and the ledger -------------------------------------------------------------------------------------------

-- Locked first by every envelope that writes: this lock serialises a device. Rarely updated, so that the lock is all it costs.
CREATE TABLE devices (
    workspace_id     key_text NOT NULL,
    device_id        key_text NOT NULL CHECK (octet_length(device_id) BETWEEN 1 AND 128),
    owner_user_id    uuid NOT NULL,
    label            text,
    first_contact_at timestamptz NOT NULL,
    clock_epoch      integer NOT NULL DEFAULT 0,
    confirmed_day    date,
    rollup_rows      bigint NOT NULL DEFAULT 0,
    session_rows     bigint NOT NULL DEFAULT 0,
    window_rows      bigint NOT NULL DEFAULT 0,
    quarantined_rows bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace_id, device_id)
) WITH (fillfactor = 70);

-- What is known of a device but is not data: written behind, in batches, never inside an envelope's transaction.
CREATE TABLE device_contacts (
    workspace_id      key_text NOT NULL,
    device_id         key_text NOT NULL,
    key_id            uuid NOT NULL,
    last_attempt_id   uuid NOT NULL,
    last_attempt_at   timestamptz NOT NULL,
    last_http_status  smallint NOT NULL,
    last_code         text,
    last_detail       text,
    last_stored_at    timestamptz,
    failing_since     timestamptz,
    healthy_since     timestamptz,
    clock_epoch       integer NOT NULL DEFAULT 0,
    newest_synced_at  timestamptz,
    late_by_ms        bigint,
    late_synced_at    timestamptz,
    clock_skew_ms     bigint,
    PRIMARY KEY (workspace_id, device_id)
) WITH (fillfactor = 70);
CREATE INDEX device_contacts_by_key ON device_contacts (workspace_id, key_id);

-- The ledger: what is confirmed of each device-day. Its digest decides whether a day that arrives again is written at all.
CREATE TABLE device_days (
    workspace_id          key_text NOT NULL,
    device_id             key_text NOT NULL,
    bucket_day            date NOT NULL,
    digest                bytea NOT NULL CHECK (octet_length(digest) = 32),
    digest_version        smallint NOT NULL,
    digest_before         bytea,
    rollup_rows           integer NOT NULL,
    message_count         bigint NOT NULL,
    input_tokens          bigint NOT NULL,
    output_tokens         bigint NOT NULL,
    cache_creation_tokens bigint NOT NULL,
    cache_read_tokens     bigint NOT NULL,
    cost_ingested         bigint NOT NULL,
    cost_effective        bigint NOT NULL,
    clock_epoch           integer NOT NULL,
    sent_at               timestamptz NOT NULL,
    received_at           timestamptz NOT NULL,
    attempt_id            uuid NOT NULL,
    PRIMARY KEY (workspace_id, device_id, bucket_day)
) WITH (fillfactor = 70);

-- Data -------------------------------------------------------------------------------------------------------------

CREATE TABLE daily_rollups (
    workspace_id          key_text NOT NULL,
    device_id             key_text NOT NULL,
    bucket_day            date NOT NULL,
    role                  key_text NOT NULL,
    provider              key_text NOT NULL,
    model                 key_text NOT NULL,
    repo_id               key_text NOT NULL,
    git_branch            key_text NOT NULL,
    surface               key_text NOT NULL,
    ticket                text,
    ticket_source         text,
    message_count         bigint NOT NULL CHECK (message_count >= 0),
    input_tokens          bigint NOT NULL CHECK (input_tokens >= 0),
    output_tokens         bigint NOT NULL CHECK (output_tokens >= 0),
    cache_creation_tokens bigint NOT NULL CHECK (cache_creation_tokens >= 0),
    cache_read_tokens     bigint NOT NULL CHECK (cache_read_tokens >= 0),
    cost_ingested         bigint NOT NULL CHECK (cost_ingested >= 0),
    cost_effective        bigint NOT NULL CHECK (cost_effective >= 0),
    PRIMARY KEY (workspace_id, device_id, bucket_day, role, provider, model, repo_id, git_branch, surface)
) WITH (fillfactor = 70);

CREATE TABLE session_summaries (
    workspace_id                   key_text NOT NULL,
    device_id                      key_text NOT NULL,
    session_id                     key_text NOT NULL,
    provider                       text NOT NULL,
    started_at                     timestamptz NOT NULL,
    ended_at                       timestamptz,
    duration_ms                    bigint,
    repo_id                        text,
    git_branch                     text,
    ticket                         text,
    ticket_source                  text,
    surface                        text NOT NULL,
    message_count                  bigint NOT NULL,
    total_input_tokens             bigint NOT NULL,
    total_output_tokens            bigint NOT NULL,
    total_cost                     bigint NOT NULL,
    primary_model                  text,
    title                          text,
    vital_context_drag_state       text,
    vital_context_drag_metric      double precision,
    vital_cache_efficiency_state   text,
    vital_cache_efficiency_metric  double precision,
    vital_thrashing_state          text,
    vital_thrashing_metric         double precision,
    vital_cost_acceleration_state  text,
    vital_cost_acceleration_metric double precision,
    vital_overall_state            text,
    clock_epoch                    integer NOT NULL,
    sent_at                        timestamptz NOT NULL,
    attempt_id                     uuid NOT NULL,
    PRIMARY KEY (workspace_id, device_id, session_id)
) WITH (fillfactor = 70);

CREATE TABLE window_summaries (
    workspace_id               key_text NOT NULL,
    device_id                  key_text NOT NULL,
    provider                   key_text NOT NULL,
    started_at                 timestamptz NOT NULL,
    ended_at                   timestamptz NOT NULL,
    duration_minutes           double precision NOT NULL,
    is_active                  boolean NOT NULL,
    hit_rate_limit             boolean NOT NULL,
    message_count              bigint NOT NULL,
    input_tokens               bigint NOT NULL,
    output_tokens              bigint NOT NULL,
    cache_creation_tokens      bigint NOT NULL,
    cache_read_tokens          bigint NOT NULL,
    cost                       bigint NOT NULL,
    burn_rate_cents_per_minute double precision NOT NULL,
    surface                    text NOT NULL,
    clock_epoch                integer NOT NULL,
    sent_at                    timestamptz NOT NULL,
    attempt_id                 uuid NOT NULL,
    PRIMARY KEY (workspace_id, device_id, provider, started_at)
) WITH (fillfactor = 70);

-- Rows that broke a rule: kept, with the reason, as the contract's own fields and nothing else of what was sent.
CREATE TABLE quarantined_rows (
    workspace_id   key_text NOT NULL,
    device_id      key_text NOT NULL,
    id             uuid NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('daily_rollups', 'session_summaries', 'window_summaries')),
    bucket_day     date,
    path           text NOT NULL,
    code           text NOT NULL,
    message        text NOT NULL,
    raw            bytea NOT NULL,
    schema_version smallint NOT NULL,
    attempt_id     uuid NOT NULL,
    received_at    timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, device_id, id)
);

-- Attempts ---------------------------------------------------------------------------------------------------------

-- Every attempt that got past authentication, refused ones too. device_id is '' where the body did not say. Written behind.
CREATE TABLE sync_attempts (
    workspace_id     key_text NOT NULL,
    device_id        key_text NOT NULL,
    received_at      timestamptz NOT NULL,
    attempt_id       uuid NOT NULL,
    key_id           uuid NOT NULL,
    last_received_at timestamptz NOT NULL,
    attempts         integer NOT NULL DEFAULT 1,
    http_status      smallint NOT NULL,
    code             text,
    detail           text,
    schema_version   smallint,
    synced_at        timestamptz,
    watermark        date,
    body_bytes       bigint NOT NULL,
    duration_us      bigint NOT NULL,
    rollups          integer NOT NULL,
    sessions         integer NOT NULL,
    windows          integer NOT NULL,
    changed          integer NOT NULL,
    unchanged        integer NOT NULL,
    superseded       integer NOT NULL,
    rejected         integer NOT NULL,
    rejected_digest  bytea,
    PRIMARY KEY (workspace_id, device_id, received_at, attempt_id)
);

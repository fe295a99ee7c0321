-- Snapshots, rewinds, look-backs, and the history of closed days.

-- Whose envelopes hold all rows of each day they name: 'auto' goes by what the client says of itself.
ALTER TABLE api_keys ADD COLUMN complete_by text NOT NULL DEFAULT 'auto' CHECK (complete_by IN ('auto', 'day', 'row'));

-- Devices ----------------------------------------------------------------------------------------------------------

ALTER TABLE devices
    -- An envelope that begins at or before this day does not continue where the last one ended: its daemon went back.
    ADD COLUMN continues_after date,
    -- The pending rewind: answers stay below this day.
    ADD COLUMN rewind_from date,
    ADD COLUMN rewind_since timestamptz,
    ADD COLUMN rewind_reason text,
    ADD COLUMN rewind_unheeded integer NOT NULL DEFAULT 0,
    ADD COLUMN rewind_held_day date,
    ADD COLUMN rewind_verifies boolean NOT NULL DEFAULT false,
    -- Days from here on are compared row by row, whatever their digests say, until the daemon has reached its head again.
    ADD COLUMN verify_from date,
    -- What an operator asked for and was not given out yet.
    ADD COLUMN requested_from date,
    ADD COLUMN requested_verify boolean NOT NULL DEFAULT false,
    ADD COLUMN look_back_at timestamptz,
    ADD COLUMN full_look_back_on date,
    -- When two machines were last seen to use this device id.
    ADD COLUMN shared_seen_at timestamptz;

UPDATE devices SET continues_after = confirmed_day;

CREATE TABLE device_rewinds (
    workspace_id key_text NOT NULL,
    device_id    key_text NOT NULL,
    since        timestamptz NOT NULL,
    from_day     date NOT NULL,
    reason       text NOT NULL,
    verifies     boolean NOT NULL,
    ended_at     timestamptz,
    outcome      text CHECK (outcome IN ('obeyed', 'unheeded')),
    PRIMARY KEY (workspace_id, device_id, since)
);

-- What tells a late envelope of a clock that was set back since from one of now.
ALTER TABLE device_contacts
    ADD COLUMN clock_offset_ms bigint,
    ADD COLUMN left_behind_at timestamptz;

-- The ledger -------------------------------------------------------------------------------------------------------

ALTER TABLE device_days
    -- Live rows that the newest snapshot did not name: of clients that send single rows, or beside rejected rows.
    -- The digest is of all live rows, these too.
    ADD COLUMN kept_rows integer NOT NULL DEFAULT 0,
    ADD COLUMN ghost_rows integer NOT NULL DEFAULT 0,
    -- How often the day flipped between two contents, and when last.
    ADD COLUMN flips integer NOT NULL DEFAULT 0,
    ADD COLUMN flipped_at timestamptz,
    -- How often it changed after it was closed, one change soon after the other.
    ADD COLUMN changes integer NOT NULL DEFAULT 0,
    ADD COLUMN changed_after_close_at timestamptz,
    ADD COLUMN shrunk_at timestamptz,
    ADD COLUMN gone_at timestamptz,
    ADD COLUMN expired_at timestamptz,
    ADD COLUMN restored_at timestamptz;

ALTER TABLE daily_rollups
    ADD COLUMN attempt_id uuid,
    -- A ghost: the newest snapshot of its day no longer names it. Kept, and in no sum.
    ADD COLUMN ghosted_at timestamptz;

-- Until now rows were only added and updated: days that hold more than their newest envelope named have to be compared once, whatever their digest says.
UPDATE device_days AS d SET digest_version = 0
FROM (SELECT workspace_id, device_id, bucket_day, count(*) AS stored FROM daily_rollups GROUP BY workspace_id, device_id, bucket_day) AS r
WHERE r.workspace_id = d.workspace_id AND r.device_id = d.device_id AND r.bucket_day = d.bucket_day AND r.stored <> d.rollup_rows;
UPDATE devices AS d SET rollup_rows = coalesce(
    (SELECT sum(t.rollup_rows) FROM device_days AS t WHERE t.workspace_id = d.workspace_id AND t.device_id = d.device_id), 0);

-- What a closed day held before it changed.
CREATE TABLE day_versions (
    workspace_id                 key_text NOT NULL,
    device_id                    key_text NOT NULL,
    bucket_day                   date NOT NULL,
    changed_at                   timestamptz NOT NULL,
    version_id                   uuid NOT NULL,
    reasons                      text[] NOT NULL,
    attempt_id                   uuid NOT NULL,
    earlier_attempt_id           uuid NOT NULL,
    earlier_received_at          timestamptz NOT NULL,
    rollup_rows_before           integer NOT NULL,
    message_count_before         bigint NOT NULL,
    input_tokens_before          bigint NOT NULL,
    output_tokens_before         bigint NOT NULL,
    cache_creation_tokens_before bigint NOT NULL,
    cache_read_tokens_before     bigint NOT NULL,
    cost_ingested_before         bigint NOT NULL,
    cost_effective_before        bigint NOT NULL,
    rollup_rows_after            integer NOT NULL,
    message_count_after          bigint NOT NULL,
    input_tokens_after           bigint NOT NULL,
    output_tokens_after          bigint NOT NULL,
    cache_creation_tokens_after  bigint NOT NULL,
    cache_read_tokens_after      bigint NOT NULL,
    cost_ingested_after          bigint NOT NULL,
    cost_effective_after         bigint NOT NULL,
    -- The live rows the day held before, as a JSON array in the contract's names, costs in units of 1/10000 cent.
    rows_before                  jsonb NOT NULL,
    PRIMARY KEY (workspace_id, device_id, bucket_day, changed_at, version_id)
);
CREATE INDEX day_versions_by_age ON day_versions (changed_at);

-- Quarantine -------------------------------------------------------------------------------------------------------

ALTER TABLE quarantined_rows
    -- Where its envelope stands among those of the device: a replayed row obeys the same order.
    ADD COLUMN clock_epoch integer NOT NULL DEFAULT 0,
    ADD COLUMN sent_at timestamptz,
    -- The rules that rejected it: newer ones may take it.
    ADD COLUMN rules_version integer NOT NULL DEFAULT 1;
UPDATE quarantined_rows SET sent_at = received_at;
UPDATE quarantined_rows AS q SET clock_epoch = d.clock_epoch FROM devices AS d WHERE d.workspace_id = q.workspace_id AND d.device_id = q.device_id;
ALTER TABLE quarantined_rows ALTER COLUMN sent_at SET NOT NULL;

-- Attempts ---------------------------------------------------------------------------------------------------------

CREATE INDEX sync_attempts_by_time ON sync_attempts (workspace_id, received_at DESC, attempt_id DESC);
CREATE INDEX sync_attempts_by_age ON sync_attempts (received_at);

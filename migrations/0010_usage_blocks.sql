-- What a workspace used on one day, copied into a form that is added up quickly. Nothing stands there that the rollups do not hold: whoever loses
-- a block only loses time. A device-day counts from the block while it is marked as being in it, and from its rows otherwise.

CREATE TABLE usage_blocks (
    workspace_id key_text NOT NULL,
    bucket_day   date NOT NULL,
    block_id     uuid NOT NULL,
    format       smallint NOT NULL,
    built_at     timestamptz NOT NULL,
    -- Null once a device of the day was deleted: its device-days count from their rows then, marked or not.
    content      bytea,
    PRIMARY KEY (workspace_id, bucket_day)
);
-- Read much more often than written, and hardly smaller when compressed.
ALTER TABLE usage_blocks ALTER COLUMN content SET STORAGE EXTERNAL;

ALTER TABLE device_days ADD COLUMN in_block boolean NOT NULL DEFAULT false;
-- Lists what changed since. An update that leaves the mark alone does not touch it.
CREATE INDEX device_days_beside_blocks ON device_days (workspace_id, bucket_day, device_id) WHERE NOT in_block;

-- Whoever changes a device-day takes it out of its block, and need not know of blocks. Envelopes mostly change days that are out already: then this
-- costs the look at two columns.
CREATE FUNCTION take_out_of_block() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.in_block := false;
    RETURN NEW;
END
$$;
CREATE TRIGGER take_out_of_block BEFORE UPDATE ON device_days FOR EACH ROW WHEN (OLD.in_block AND NEW.in_block) EXECUTE FUNCTION take_out_of_block();

-- What is deleted must not live on in a copy, and one that is being made must not bring it back: where there is no block, an empty one takes its place.
-- The emptied block stays, since others are marked as being in it.
CREATE FUNCTION empty_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO usage_blocks AS b (workspace_id, bucket_day, block_id, format, built_at)
    SELECT r.workspace_id, r.bucket_day, gen_random_uuid(), 0, now() FROM (SELECT DISTINCT workspace_id, bucket_day FROM removed) AS r ORDER BY r.workspace_id, r.bucket_day
    ON CONFLICT (workspace_id, bucket_day) DO UPDATE SET content = NULL, block_id = EXCLUDED.block_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER empty_blocks AFTER DELETE ON device_days REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION empty_blocks();

-- Copies may be thrown away, one by one or all: then all of their days counts from its rows.
CREATE FUNCTION take_out_of_lost_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE device_days AS d SET in_block = false FROM removed AS r WHERE d.workspace_id = r.workspace_id AND d.bucket_day = r.bucket_day AND d.in_block;
    RETURN NULL;
END
$$;
CREATE TRIGGER take_out_of_lost_blocks AFTER DELETE ON usage_blocks REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION take_out_of_lost_blocks();
CREATE FUNCTION take_all_out_of_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE device_days SET in_block = false WHERE in_block;
    RETURN NULL;
END
$$;
CREATE TRIGGER take_all_out_of_blocks AFTER TRUNCATE ON usage_blocks FOR EACH STATEMENT EXECUTE FUNCTION take_all_out_of_blocks();
CREATE FUNCTION drop_all_blocks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM usage_blocks;
    RETURN NULL;
END
$$;
CREATE TRIGGER drop_all_blocks AFTER TRUNCATE ON device_days FOR EACH STATEMENT EXECUTE FUNCTION drop_all_blocks();

-- The second wall, as 0008 has it ----------------------------------------------------------------------------------
ALTER TABLE usage_blocks ENABLE ROW LEVEL SECURITY;
CREATE POLICY workspaces_of_the_transaction ON usage_blocks USING (
    (workspace_id = ANY ((
        SELECT CASE current_setting('ingest.workspaces', true)
            WHEN '*' THEN NULL
            ELSE string_to_array(coalesce(current_setting('ingest.workspaces', true), ''), ' ') END)::text[])) IS NOT FALSE);

-- What each of them is for (docs/what-we-store.md is made from this) --------------------------------------------------
COMMENT ON TABLE usage_blocks IS 'What was used on one day, copied from the rollups so that it is added up quickly. Made when asked for, emptied when a device is deleted.';
COMMENT ON COLUMN usage_blocks.workspace_id IS 'The workspace.';
COMMENT ON COLUMN usage_blocks.bucket_day IS 'The UTC day.';
COMMENT ON COLUMN usage_blocks.block_id IS 'Names this content: another one has another name.';
COMMENT ON COLUMN usage_blocks.format IS 'How the content is written.';
COMMENT ON COLUMN usage_blocks.built_at IS 'When it was made.';
COMMENT ON COLUMN usage_blocks.content IS 'Keys, tickets, counts and costs of the day''s live rollups, by device; null once one of them was deleted.';
COMMENT ON COLUMN device_days.in_block IS 'Whether the day''s block holds it as it is.';

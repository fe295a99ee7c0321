-- Set by a restored backup, and cleared when the device has sent again all it has: until then what it delivered after the backup may be missing.
-- IF NOT EXISTS, since the devices of a backup that is older than these columns are marked in the transaction that brings them.
ALTER TABLE devices
    ADD COLUMN IF NOT EXISTS restored_at timestamptz,
    -- What was confirmed then; days up to it were complete.
    ADD COLUMN IF NOT EXISTS restored_through date;

COMMENT ON COLUMN devices.restored_at IS 'When a backup was restored after which it has not sent all it has again yet.';
COMMENT ON COLUMN devices.restored_through IS 'The last day that was confirmed to it in that backup.';

-- Rows in quarantine go by age.
CREATE INDEX quarantined_rows_by_age ON quarantined_rows (received_at);

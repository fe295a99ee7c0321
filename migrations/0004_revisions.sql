-- Counts the transactions that wrote anything of a device: while it stands still, so does everything under the device.
ALTER TABLE devices ADD COLUMN revision bigint NOT NULL DEFAULT 0;

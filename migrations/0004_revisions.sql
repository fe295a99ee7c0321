-- Names what is stored of a device: every transaction that writes anything under it gives it another one. Never a counter: after a restore
-- a counter would come to the same number again with something else stored.
ALTER TABLE devices ADD COLUMN revision uuid NOT NULL DEFAULT gen_random_uuid();

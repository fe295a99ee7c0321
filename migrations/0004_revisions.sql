-- Names what is stored of a device: every transaction that writes anything under it gives it another one. Never a counter: after a restore
-- a counter would come to the same number again with something else stored.
ALTER TABLE devices ADD COLUMN revision uuid NOT NULL DEFAULT gen_random_uuid();

-- Rows that are removed, by whomever, are not what an instance of the service has in memory of them.
CREATE FUNCTION renew_revisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE devices AS d SET revision = gen_random_uuid()
    FROM (SELECT DISTINCT workspace_id, device_id FROM removed) AS r
    WHERE d.workspace_id = r.workspace_id AND d.device_id = r.device_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER renew_revisions AFTER DELETE ON daily_rollups REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION renew_revisions();
CREATE TRIGGER renew_revisions AFTER DELETE ON session_summaries REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION renew_revisions();
CREATE TRIGGER renew_revisions AFTER DELETE ON device_days REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION renew_revisions();

-- The second wall between workspaces. The first one is the workspace in every statement; should one ever forget it, it sees nothing. A transaction
-- of the service names the workspaces it works for in ingest.workspaces, with spaces between, or * for all, and sees no row of another.
-- Policies do not bind the owner of the tables: the service works as ingest_service, which owns nothing (`ingest migrate` makes and equips it).
-- The list is read once for each table of a statement; null stands for all, and where nothing is named the list is empty. Written so that no index
-- can serve it: the workspaces of a batch would otherwise be looked up one by one for each row.
DO $$
DECLARE
    walled regclass;
BEGIN
    FOR walled IN
        SELECT c.oid FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attname = 'workspace_id'
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format($policy$
            CREATE POLICY workspaces_of_the_transaction ON %s USING (
                (workspace_id = ANY ((
                    SELECT CASE current_setting('ingest.workspaces', true)
                        WHEN '*' THEN NULL
                        ELSE string_to_array(coalesce(current_setting('ingest.workspaces', true), ''), ' ') END)::text[])) IS NOT FALSE)
            $policy$, walled);
    END LOOP;
END
$$;

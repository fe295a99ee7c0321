-- Who is signed in to the pages, and the links by which people come in without a key.

CREATE TABLE page_sessions (
    workspace_id key_text NOT NULL REFERENCES workspaces,
    session_id   uuid NOT NULL,
    token_hash   bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    user_id      uuid NOT NULL,
    -- The key whose role and scopes it has, for as long as the key has them; without one, all that the person's role has.
    key_id       uuid,
    began_at     timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, session_id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users
);
CREATE INDEX page_sessions_by_user ON page_sessions (workspace_id, user_id);
CREATE INDEX page_sessions_by_end ON page_sessions (expires_at);

CREATE TABLE sign_in_links (
    workspace_id key_text NOT NULL REFERENCES workspaces,
    link_id      uuid NOT NULL,
    token_hash   bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    user_id      uuid NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz,
    PRIMARY KEY (workspace_id, link_id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users
);
CREATE INDEX sign_in_links_by_end ON sign_in_links (expires_at);

-- The second wall, as 0008 has it ----------------------------------------------------------------------------------
DO $$
DECLARE
    walled regclass;
BEGIN
    FOREACH walled IN ARRAY ARRAY['page_sessions', 'sign_in_links']::regclass[]
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

-- What each of them is for (docs/what-we-store.md is made from this) --------------------------------------------------

COMMENT ON TABLE page_sessions IS 'Who is signed in to the pages. The token in the cookie itself is not stored; rows go within an hour or two of their end.';
COMMENT ON COLUMN page_sessions.workspace_id IS 'The workspace.';
COMMENT ON COLUMN page_sessions.session_id IS 'The session.';
COMMENT ON COLUMN page_sessions.token_hash IS 'SHA-256 of its token.';
COMMENT ON COLUMN page_sessions.user_id IS 'Who is signed in.';
COMMENT ON COLUMN page_sessions.key_id IS 'The key with which they signed in; nothing after a link.';
COMMENT ON COLUMN page_sessions.began_at IS 'When they signed in.';
COMMENT ON COLUMN page_sessions.expires_at IS 'When it ends.';

COMMENT ON TABLE sign_in_links IS 'Links by which people sign in to the pages, once. The token in a link itself is not stored.';
COMMENT ON COLUMN sign_in_links.workspace_id IS 'The workspace.';
COMMENT ON COLUMN sign_in_links.link_id IS 'The link.';
COMMENT ON COLUMN sign_in_links.token_hash IS 'SHA-256 of its token.';
COMMENT ON COLUMN sign_in_links.user_id IS 'Who signs in with it.';
COMMENT ON COLUMN sign_in_links.created_at IS 'When it was made.';
COMMENT ON COLUMN sign_in_links.expires_at IS 'When it ends.';
COMMENT ON COLUMN sign_in_links.used_at IS 'When it was used.';

-- Roles, scopes, invites, enrolments, what a device may do, one device with two ids, and who did what.

-- People -----------------------------------------------------------------------------------------------------------

-- Somebody who belongs to several workspaces is one row in each, with one user_id.
ALTER TABLE users
    DROP CONSTRAINT users_role_check,
    ADD CONSTRAINT users_role_check CHECK (role IN ('owner', 'manager', 'member', 'viewer')),
    -- A service is no person: it owns one key, which only its scopes bound.
    ADD COLUMN kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'service')),
    ADD COLUMN removed_at timestamptz,
    ADD COLUMN revision integer NOT NULL DEFAULT 1,
    DROP CONSTRAINT users_workspace_id_name_key;
CREATE UNIQUE INDEX users_by_name ON users (workspace_id, name) WHERE removed_at IS NULL;

-- Somebody has to be able to appoint owners: who managed a workspace first, of those who still have a key.
UPDATE users AS u SET role = 'owner'
WHERE u.role = 'manager'
  AND u.user_id = (
    SELECT e.user_id FROM users AS e
    WHERE e.workspace_id = u.workspace_id AND e.role = 'manager'
    ORDER BY EXISTS (SELECT FROM api_keys AS k WHERE k.workspace_id = e.workspace_id AND k.user_id = e.user_id AND k.revoked_at IS NULL) DESC, e.created_at, e.user_id
    LIMIT 1);

ALTER TABLE workspaces ADD COLUMN revision integer NOT NULL DEFAULT 1;

-- Keys -------------------------------------------------------------------------------------------------------------

ALTER TABLE api_keys
    ADD COLUMN name text,
    ADD COLUMN scopes text[] NOT NULL DEFAULT '{}' CHECK (scopes <@ ARRAY['ingest', 'read:own', 'read', 'manage']),
    -- The one device whose envelopes it may bring.
    ADD COLUMN device_id key_text,
    -- Made when its person was an owner already. Whoever made it earlier may have kept it, and was none perhaps.
    ADD COLUMN as_owner boolean NOT NULL DEFAULT false,
    ADD COLUMN expires_at timestamptz,
    -- The device that it was for was deleted. It is revoked, and whoever comes with it is told so.
    ADD COLUMN of_deleted_device boolean NOT NULL DEFAULT false,
    -- The key that takes its place, and since when.
    ADD COLUMN rotated_to uuid,
    ADD COLUMN rotated_at timestamptz,
    ADD COLUMN revision integer NOT NULL DEFAULT 1;
UPDATE api_keys AS k SET as_owner = u.role = 'owner', scopes = CASE u.role WHEN 'member' THEN ARRAY['ingest', 'read:own'] ELSE ARRAY['ingest', 'read:own', 'read', 'manage'] END
FROM users AS u WHERE u.workspace_id = k.workspace_id AND u.user_id = k.user_id;
ALTER TABLE api_keys ALTER COLUMN scopes DROP DEFAULT;
-- Whose keys end with somebody, and how many they have.
CREATE INDEX api_keys_by_user ON api_keys (workspace_id, user_id);
CREATE UNIQUE INDEX api_keys_by_name ON api_keys (workspace_id, name) WHERE revoked_at IS NULL AND rotated_to IS NULL;

CREATE TABLE invites (
    workspace_id key_text NOT NULL REFERENCES workspaces,
    invite_id    uuid NOT NULL,
    token_hash   bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    role         text NOT NULL CHECK (role IN ('owner', 'manager', 'member', 'viewer')),
    note         text,
    created_at   timestamptz NOT NULL,
    created_by   text NOT NULL,
    -- With whom it ends; an operator stays.
    created_by_user_id uuid,
    expires_at   timestamptz NOT NULL,
    most_uses    integer NOT NULL CHECK (most_uses > 0),
    uses         integer NOT NULL DEFAULT 0 CHECK (uses <= most_uses),
    revoked_at   timestamptz,
    PRIMARY KEY (workspace_id, invite_id)
);

CREATE TABLE enrolments (
    workspace_id key_text NOT NULL REFERENCES workspaces,
    enrolment_id uuid NOT NULL,
    code_hash    bytea NOT NULL UNIQUE CHECK (octet_length(code_hash) = 32),
    user_id      uuid NOT NULL,
    -- The device it is for; where it is for a new one, the one it became.
    device_id    key_text,
    label        text,
    created_at   timestamptz NOT NULL,
    created_by   text NOT NULL,
    created_by_user_id uuid,
    expires_at   timestamptz NOT NULL,
    redeemed_at  timestamptz,
    key_id       uuid,
    revoked_at   timestamptz,
    PRIMARY KEY (workspace_id, enrolment_id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users
);

-- Devices ----------------------------------------------------------------------------------------------------------

ALTER TABLE devices
    -- By which the audit log names the device: once the device is deleted, nothing leads from there to its id.
    ADD COLUMN reference uuid NOT NULL DEFAULT gen_random_uuid(),
    -- What people of the workspace call it, whatever it calls itself.
    ADD COLUMN name text,
    ADD COLUMN standing text NOT NULL DEFAULT 'active' CHECK (standing IN ('active', 'paused', 'revoked')),
    ADD COLUMN standing_reason text,
    ADD COLUMN standing_since timestamptz,
    ADD COLUMN settings_revision integer NOT NULL DEFAULT 1;

CREATE INDEX devices_by_owner ON devices (workspace_id, owner_user_id);

-- What was deleted stays away until it is enrolled anew. Only a hash tells that it was here: SHA-256 of workspace id, a zero byte and device id.
CREATE TABLE deleted_devices (
    workspace_id key_text NOT NULL REFERENCES workspaces,
    device_hash  bytea NOT NULL CHECK (octet_length(device_hash) = 32),
    deleted_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, device_hash)
);

-- One device, two ids: what somebody decided about them. Sums are taken accordingly, and what is stored stays as it is, so that it can be undone.
CREATE TABLE device_merges (
    workspace_id   key_text NOT NULL,
    device_id      key_text NOT NULL,
    into_device_id key_text NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('continue', 'supersede')),
    merged_at      timestamptz NOT NULL,
    merged_by      text NOT NULL,
    PRIMARY KEY (workspace_id, device_id),
    CHECK (device_id <> into_device_id)
);
CREATE INDEX device_merges_by_target ON device_merges (workspace_id, into_device_id);

-- The other decision: these are two devices, whatever they have in common. The lesser id comes first.
CREATE TABLE distinct_devices (
    workspace_id    key_text NOT NULL,
    device_id       key_text NOT NULL,
    other_device_id key_text NOT NULL,
    decided_at      timestamptz NOT NULL,
    decided_by      text NOT NULL,
    PRIMARY KEY (workspace_id, device_id, other_device_id),
    CHECK (device_id < other_device_id)
);

-- Who did what -----------------------------------------------------------------------------------------------------

CREATE TABLE audit_log (
    workspace_id  key_text NOT NULL,
    at            timestamptz NOT NULL,
    entry_id      uuid NOT NULL,
    actor_kind    text NOT NULL CHECK (actor_kind IN ('key', 'operator', 'code')),
    actor_name    text NOT NULL,
    actor_user_id uuid,
    actor_key_id  uuid,
    actor_address text,
    action        text NOT NULL,
    subject_kind  text NOT NULL,
    subject_id    text NOT NULL,
    subject_name  text,
    before        jsonb,
    after         jsonb,
    PRIMARY KEY (workspace_id, at, entry_id)
);

CREATE FUNCTION refuse_to_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite();

-- The second wall, as 0008 has it ----------------------------------------------------------------------------------
DO $$
DECLARE
    walled regclass;
BEGIN
    FOREACH walled IN ARRAY ARRAY['invites', 'enrolments', 'deleted_devices', 'device_merges', 'distinct_devices', 'audit_log']::regclass[]
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

COMMENT ON COLUMN workspaces.revision IS 'How often it was changed.';
COMMENT ON COLUMN users.name IS 'What the workspace calls them.';
COMMENT ON COLUMN users.role IS 'Owner, manager, member or viewer.';
COMMENT ON COLUMN users.created_at IS 'When they came.';
COMMENT ON COLUMN users.kind IS 'Whether it is a person, or a service with a key of its own.';
COMMENT ON COLUMN users.removed_at IS 'When the person was removed from the workspace.';
COMMENT ON COLUMN users.revision IS 'How often it was changed.';
COMMENT ON COLUMN api_keys.name IS 'What people call the key.';
COMMENT ON COLUMN api_keys.scopes IS 'What the key is for.';
COMMENT ON COLUMN api_keys.device_id IS 'The one device whose envelopes it may bring.';
COMMENT ON COLUMN api_keys.as_owner IS 'Whether it was made for an owner, and acts as one.';
COMMENT ON COLUMN api_keys.expires_at IS 'When it ends by itself.';
COMMENT ON COLUMN api_keys.of_deleted_device IS 'Whether the one device that it was for was deleted.';
COMMENT ON COLUMN api_keys.rotated_to IS 'The key that takes its place.';
COMMENT ON COLUMN api_keys.rotated_at IS 'Since when.';
COMMENT ON COLUMN api_keys.revision IS 'How often it was changed.';
COMMENT ON COLUMN devices.reference IS 'A random number by which the audit log names the device.';
COMMENT ON COLUMN devices.name IS 'What people of the workspace call it.';
COMMENT ON COLUMN devices.standing IS 'Whether its envelopes are taken.';
COMMENT ON COLUMN devices.standing_reason IS 'Why not, as the device is told.';
COMMENT ON COLUMN devices.standing_since IS 'Since when.';
COMMENT ON COLUMN devices.settings_revision IS 'How often people changed something about it.';

COMMENT ON TABLE invites IS 'Invitations of people. The token itself is not stored.';
COMMENT ON COLUMN invites.workspace_id IS 'The workspace.';
COMMENT ON COLUMN invites.invite_id IS 'The invitation.';
COMMENT ON COLUMN invites.token_hash IS 'SHA-256 of its token.';
COMMENT ON COLUMN invites.role IS 'What whoever accepts becomes.';
COMMENT ON COLUMN invites.note IS 'What it is for, in the words of who made it.';
COMMENT ON COLUMN invites.created_at IS 'When it was made.';
COMMENT ON COLUMN invites.created_by IS 'Who made it.';
COMMENT ON COLUMN invites.created_by_user_id IS 'Which person that was: it ends when they leave.';
COMMENT ON COLUMN invites.expires_at IS 'When it ends.';
COMMENT ON COLUMN invites.most_uses IS 'How many people may accept it.';
COMMENT ON COLUMN invites.uses IS 'How many have.';
COMMENT ON COLUMN invites.revoked_at IS 'When it was taken back.';

COMMENT ON TABLE enrolments IS 'Codes by which devices get a key. The code itself is not stored.';
COMMENT ON COLUMN enrolments.workspace_id IS 'The workspace.';
COMMENT ON COLUMN enrolments.enrolment_id IS 'The enrolment.';
COMMENT ON COLUMN enrolments.code_hash IS 'SHA-256 of its code.';
COMMENT ON COLUMN enrolments.user_id IS 'Whose device it is.';
COMMENT ON COLUMN enrolments.device_id IS 'The device that is or was enrolled.';
COMMENT ON COLUMN enrolments.label IS 'What the device shall call itself.';
COMMENT ON COLUMN enrolments.created_at IS 'When it was made.';
COMMENT ON COLUMN enrolments.created_by IS 'Who made it.';
COMMENT ON COLUMN enrolments.created_by_user_id IS 'Which person that was: it ends when they leave.';
COMMENT ON COLUMN enrolments.expires_at IS 'When it ends.';
COMMENT ON COLUMN enrolments.redeemed_at IS 'When it was used.';
COMMENT ON COLUMN enrolments.key_id IS 'The key that came of it.';
COMMENT ON COLUMN enrolments.revoked_at IS 'When it was taken back.';

COMMENT ON TABLE deleted_devices IS 'That a device was deleted, so that it stays away. Its id is not in it.';
COMMENT ON COLUMN deleted_devices.workspace_id IS 'The workspace.';
COMMENT ON COLUMN deleted_devices.device_hash IS 'SHA-256 of the workspace id, a zero byte and the device id.';
COMMENT ON COLUMN deleted_devices.deleted_at IS 'When it was deleted.';

COMMENT ON TABLE device_merges IS 'That two device ids are one device, as somebody decided.';
COMMENT ON COLUMN device_merges.workspace_id IS 'The workspace.';
COMMENT ON COLUMN device_merges.device_id IS 'The id it had before.';
COMMENT ON COLUMN device_merges.into_device_id IS 'The id it has now.';
COMMENT ON COLUMN device_merges.kind IS 'Whether what stands under the former id counts where the latter has nothing newer, or not at all.';
COMMENT ON COLUMN device_merges.merged_at IS 'When it was decided.';
COMMENT ON COLUMN device_merges.merged_by IS 'Who decided it.';

COMMENT ON TABLE distinct_devices IS 'That two devices with equal usage are two, as somebody decided.';
COMMENT ON COLUMN distinct_devices.workspace_id IS 'The workspace.';
COMMENT ON COLUMN distinct_devices.device_id IS 'The one device.';
COMMENT ON COLUMN distinct_devices.other_device_id IS 'The other device.';
COMMENT ON COLUMN distinct_devices.decided_at IS 'When it was decided.';
COMMENT ON COLUMN distinct_devices.decided_by IS 'Who decided it.';

COMMENT ON TABLE audit_log IS 'Who did what about people, keys, devices and what is stored. Never changed, and without a device id: once a device is deleted, nothing leads from here to it.';
COMMENT ON COLUMN audit_log.workspace_id IS 'The workspace.';
COMMENT ON COLUMN audit_log.at IS 'When.';
COMMENT ON COLUMN audit_log.entry_id IS 'Names the entry.';
COMMENT ON COLUMN audit_log.actor_kind IS 'How whoever did it came in.';
COMMENT ON COLUMN audit_log.actor_name IS 'What people call them.';
COMMENT ON COLUMN audit_log.actor_user_id IS 'Who it was.';
COMMENT ON COLUMN audit_log.actor_key_id IS 'With which key.';
COMMENT ON COLUMN audit_log.actor_address IS 'From which network address.';
COMMENT ON COLUMN audit_log.action IS 'What was done.';
COMMENT ON COLUMN audit_log.subject_kind IS 'To what kind of thing.';
COMMENT ON COLUMN audit_log.subject_id IS 'To which one; a device by its reference.';
COMMENT ON COLUMN audit_log.subject_name IS 'What people called it then; nothing for a device.';
COMMENT ON COLUMN audit_log.before IS 'What was changed, as it was.';
COMMENT ON COLUMN audit_log.after IS 'What was changed, as it became.';

COMMENT ON COLUMN device_days.received_at IS 'When the device''s snapshot of it arrived, by the server''s clock.';
COMMENT ON COLUMN day_versions.earlier_received_at IS 'When the device''s snapshot of that arrived.';

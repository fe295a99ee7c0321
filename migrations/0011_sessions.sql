-- Lists of sessions and of windows.

-- Sessions are listed by when something happened in them last, which moves with every envelope: an index of it would cost each of those updates what
-- an index costs. The day of it moves once a day. So the day is stored and indexed, updates within it touch no index (they stay HOT), and a page
-- is sorted day by day. Of infinite instants, which no device can send, the day is infinite too.
-- This writes the table anew, and nobody else reads or writes it meanwhile: docs/operations.md says how long that takes.
ALTER TABLE session_summaries
    ADD COLUMN last_active_day date NOT NULL GENERATED ALWAYS AS ((coalesce(ended_at, started_at) AT TIME ZONE 'UTC')::date) STORED;
CREATE INDEX session_summaries_by_day ON session_summaries (workspace_id, last_active_day);
-- Of a tool that few use, the newest sessions are far apart.
CREATE INDEX session_summaries_by_provider ON session_summaries (workspace_id, provider, last_active_day);

-- Part of the key of a window, so that no update moves it.
CREATE INDEX window_summaries_by_start ON window_summaries (workspace_id, started_at);

COMMENT ON COLUMN session_summaries.last_active_day IS 'The UTC day on which it ended, or began where it has no end: lists are sorted by it.';

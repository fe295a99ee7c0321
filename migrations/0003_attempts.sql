-- Attempts are written with every envelope, so each index of them is paid for each time.

-- Pruning goes workspace by workspace over the index by time, which lists need as well.
DROP INDEX sync_attempts_by_age;

-- Equal attempts are counted into the row of the first one. With room beside it the new version stays on its page, and no index is touched.
ALTER TABLE sync_attempts SET (fillfactor = 80);

#!/bin/sh
# Run once by the Postgres image, on an empty volume: the service's own account, which owns its database and nothing else.
set -eu
psql -v ON_ERROR_STOP=1 --no-psqlrc --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\set password `sed -n 's/.*Password=\([^;]*\).*/\1/p' /run/secrets/ConnectionStrings__Ingest`
CREATE ROLE ingest LOGIN PASSWORD :'password';
CREATE ROLE ingest_service NOLOGIN;
GRANT ingest_service TO ingest;
CREATE DATABASE ingest OWNER ingest;
REVOKE ALL ON DATABASE ingest FROM PUBLIC;
SQL

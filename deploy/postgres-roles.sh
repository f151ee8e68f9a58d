#!/bin/bash
# Run once by the Postgres image on an empty volume: a role and its databases for Temporal;
# for the record its owner, its database, the groups of roles.sql, and the programs' login.
set -euo pipefail
sql() { psql --set ON_ERROR_STOP=1 --username postgres "$@"; }

sql --set temporal="$TEMPORAL_DB_PASSWORD" --set owner="$LONGSTOP_OWNER_PASSWORD" <<'SQL'
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE ALL ON DATABASE temporal, temporal_visibility FROM public;
CREATE ROLE longstop_owner LOGIN PASSWORD :'owner';
CREATE DATABASE longstop OWNER longstop_owner;
SQL
sql --dbname longstop --file /longstop/roles.sql
sql --set longstop="$LONGSTOP_DB_PASSWORD" <<'SQL'
CREATE ROLE longstop LOGIN PASSWORD :'longstop' IN ROLE longstop_app;
SQL

#!/bin/bash
# Run once by the Postgres image on an empty volume: a role and its databases each for
# Temporal and for Longstop's record.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --username postgres \
  --set temporal="$TEMPORAL_DB_PASSWORD" --set longstop="$LONGSTOP_DB_PASSWORD" <<'SQL'
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
CREATE ROLE longstop LOGIN PASSWORD :'longstop';
CREATE DATABASE longstop OWNER longstop;
SQL

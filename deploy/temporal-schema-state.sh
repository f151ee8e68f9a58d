#!/bin/sh
# Leaves a mark for each of Temporal's databases that has no schema version yet.
set -eu
for db in temporal temporal_visibility; do
  rm -f "/state/$db.new"
  if [ -z "$(psql --no-align --tuples-only --dbname "$db" --command "SELECT to_regclass('schema_version')")" ]; then
    touch "/state/$db.new"
  fi
done

#!/bin/sh
# Sets up the schema of a database that has none, then brings it up to date. The mark goes
# before the update, so that a run which is cut off resumes from the version it reached.
set -eu
for db in temporal temporal_visibility; do
  tool="temporal-sql-tool --plugin postgres12 --ep postgres -p 5432 -u temporal --db $db"
  schema=/etc/temporal/schema/postgresql/v12/${db#temporal_}/versioned
  if [ -e "/state/$db.new" ]; then
    $tool setup-schema -v 0.0
    rm "/state/$db.new"
  fi
  $tool update-schema -d "$schema"
done

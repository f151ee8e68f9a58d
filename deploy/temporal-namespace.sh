#!/bin/sh
# Creates Longstop's namespace where it is missing. Closed pathways are kept for 30 days;
# the record in Postgres is what is kept for good.
set -eu
temporal operator namespace describe --namespace longstop >/dev/null 2>&1 ||
  temporal operator namespace create --namespace longstop --retention 720h

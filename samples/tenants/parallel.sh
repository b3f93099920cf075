#!/bin/sh
# Exports every tenant of tenants.txt on one host, four at a time. Needs GNU parallel.
# A tenant that failed is tried again when the script is started again with --resume-failed; the others are left alone.
set -eu
config=${1:?give the configuration file}
state=${2:?give the folder that holds one state folder for each tenant}
sheets=${3:?give the folder for the sheets}
mkdir -p "$state" "$sheets"
exec parallel --jobs 4 --joblog "$state/jobs.log" --resume-failed --results "$state/output" \
  "${DIRSHEET:-dirsheet}" export --config "$config" --profile {} --state-dir "$state"/{} -o "$sheets"/{}.csv \
  :::: "$(dirname "$0")/tenants.txt"

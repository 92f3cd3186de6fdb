#!/bin/sh
# Runs, at the execution point $1, the suite in whose line of suites.txt this pod of an Indexed Job is.
set -eu
list=${SUITES:-/indexed/suites.txt}
suite=$(sed -n "$((JOB_COMPLETION_INDEX + 1))p" "$list")
if [ -z "$suite" ]; then
    echo "$list has no line for index $JOB_COMPLETION_INDEX: make completions as many as its lines" >&2
    exit 2
fi
exec smoke run "$1" --suite "$suite" --reports "$SMOKE_REPORTS/$suite"

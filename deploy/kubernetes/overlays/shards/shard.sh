#!/bin/sh
# One pod of an Indexed Job that looks at the execution point $1: index 0 joins what the others leave, each of those runs
# a shard. A pod has a folder of its own, so that one that Kubernetes ran twice is seen twice, and the worse counts.
set -eu
mkdir -p "$PARTS/$RUN" || exit 3
if [ "$JOB_COMPLETION_INDEX" -gt 0 ]; then
    exec smoke run "$1" --shard "$JOB_COMPLETION_INDEX/$SHARDS" --part-of "$RUN" --reports "$PARTS/$RUN/$POD"
fi
find "$PARTS" -mindepth 1 -maxdepth 1 -type d ! -name "$RUN" -mmin +1440 -exec rm -rf {} + || echo "parts of older runs stay" >&2
exec smoke report merge "$PARTS/$RUN" --part-of "$RUN" --wait "$WAIT" --reports "$SMOKE_REPORTS"

#!/bin/sh
# Starts the program with V8's heap limited: to MAX_HEAP_MB, or else to a share of the container's memory. A worker has
# two such heaps, one of them in the thread that runs workflows.
set -e
if [ -n "$MAX_HEAP_MB" ]; then limit="--max-old-space-size=$MAX_HEAP_MB"; else limit=--max-old-space-size-percentage=35; fi
NODE_OPTIONS="$limit${NODE_OPTIONS:+ $NODE_OPTIONS}"
export NODE_OPTIONS
exec partner-platform "$@"

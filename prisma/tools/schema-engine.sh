#!/bin/sh
# PRISMA_SCHEMA_ENGINE_BINARY names this file: Prisma starts it as if it were its native schema engine.
here=$(dirname "$(readlink -f "$0")")
exec "$here/../../node_modules/.bin/node" --disable-warning=ExperimentalWarning "$here/schema-engine.mjs" "$@"

#!/bin/sh
set -eu
: "${GREETING:=hello}"
export GREETING
export NAME="${NAME:-orders service}"
cd /app
exec "$@"

#!/bin/sh
set -e
export GREETING=hello
exec "$@"

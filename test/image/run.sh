#!/usr/bin/env bash
# The suites of images against real engines, Docker and Podman, and a registry on loopback. Needs root and a built dist/.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
test/image/with-engine.sh npx vitest run test/image --no-file-parallelism

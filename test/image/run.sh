#!/usr/bin/env bash
# The suites of images against a real Docker engine and a registry on loopback, which it installs (Debian), starts and stops. Needs root and a built dist/.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
folder=${MLSERVE_TEST_FOLDER:-/var/cache/mlserve-test}
for tool in dockerd debootstrap docker-registry; do
  command -v "$tool" >/dev/null && continue
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io debootstrap docker-registry ca-certificates curl openssl >/dev/null
  break
done
trap 'test/support/docker/engine.sh stop "$folder"' EXIT
variables=$(test/support/docker/engine.sh start "$folder")
env $variables npx vitest run test/image --no-file-parallelism

#!/usr/bin/env bash
# The suites of images against real engines, Docker and Podman, and a registry on loopback, which it installs (Debian), starts and stops. Needs root and a built dist/.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
folder=${MLSERVE_TEST_FOLDER:-/var/cache/mlserve-test}
for tool in dockerd debootstrap docker-registry podman; do
  command -v "$tool" >/dev/null && continue
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io debootstrap docker-registry podman ca-certificates curl openssl >/dev/null
  break
done
trap 'test/support/docker/podman.sh stop "$folder/podman"; test/support/docker/engine.sh stop "$folder"' EXIT
variables=$(test/support/docker/engine.sh start "$folder")
variables+=" $(test/support/docker/podman.sh start "$folder/podman" "$folder/base" "${variables##*MLSERVE_TEST_REGISTRY=}")"
env $variables npx vitest run test/image --no-file-parallelism

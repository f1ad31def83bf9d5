#!/usr/bin/env bash
# with-engine.sh COMMAND…: runs it with real engines, Docker and Podman, and a registry on loopback, which it installs (Debian), starts and stops. Needs root.
set -eu -o pipefail
here=$(cd "$(dirname "$0")/../support/docker" && pwd)
folder=${MLSERVE_TEST_FOLDER:-/var/cache/mlserve-test}
for tool in dockerd debootstrap docker-registry podman; do
  command -v "$tool" >/dev/null && continue
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io debootstrap docker-registry podman ca-certificates curl openssl >/dev/null
  break
done
trap '"$here/podman.sh" stop "$folder/podman"; "$here/engine.sh" stop "$folder"' EXIT
variables=$("$here/engine.sh" start "$folder")
variables+=" $("$here/podman.sh" start "$folder/podman" "$folder/base" "${variables##*MLSERVE_TEST_REGISTRY=}")"
env $variables "$@"

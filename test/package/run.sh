#!/usr/bin/env bash
# Installs the packed tarball into an empty folder, as a user would, and takes a model to a prediction from there.
# usage: run.sh FOLDER-OF-THE-TARBALL CHECKOUT
set -eu -o pipefail
tarball=$(ls "$1"/mlserve-*.tgz)
model=$2/fixtures/models/real/iris-zipmap/model.onnx
home=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$home"' EXIT
cd "$home"

printf '{"name":"empty","private":true}\n' > package.json
npm install "$tarball"
package=node_modules/mlserve

size=$(du -s --block-size=1 --apparent-size node_modules | cut -f1)
echo "installed size: $((size / 1000000)) MB (limit 200)"
[ "$size" -le 200000000 ]
for arch in x64 arm64; do
  test -s "$package/vendor/onnxruntime-node/bin/napi-v6/linux/$arch/onnxruntime_binding.node"
  test -s "$package/vendor/onnxruntime-node/bin/napi-v6/linux/$arch/libonnxruntime.so.1"
done
test -s "$package/vendor/onnxruntime-node/LICENSE"
grep -q 'protobufjs' "$package/vendor/grpc/LICENSES.txt"
test ! -e node_modules/onnxruntime-node
for notice in LICENSE NOTICE swagger-ui-bundle.js.LICENSE.txt; do test -s "$package/vendor/swagger-ui/$notice"; done
# No package of the tree may want to run something at install time.
node -e '
  const { readdirSync, readFileSync } = require("node:fs");
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const wanting = Object.entries(lock.packages).filter(([, each]) => each.hasInstallScript).map(([path]) => path);
  if (wanting.length > 0) throw new Error(`install scripts in ${wanting}`);
'

export PATH="$PWD/node_modules/.bin:$PATH"
mlserve --version
mlserve init flowers --model "$model" --yes
mlserve validate flowers
mlserve lock flowers
mlserve serve flowers --port 0 --grpc-port 0 > serve.out 2> serve.err &
server=$!
for _ in $(seq 100); do
  url=$(sed -nE 's/.*(http:\/\/127\.0\.0\.1:[0-9]+).*/\1/p' serve.out serve.err | head -n 1)
  [ -n "$url" ] && curl -fs "$url/readyz" >/dev/null && break
  sleep 0.1
done
node -e '
  const { readFileSync } = require("node:fs");
  process.stdout.write(JSON.stringify(JSON.parse(readFileSync("flowers/examples/golden.json", "utf8")).request));
' > request.json
curl -fsS -D headers -H 'content-type: application/json' -d @request.json "$url/predict" | tee response.json
echo
grep -qi '^x-model-digest: sha256:' headers
grep -q '"predictions"' response.json
curl -fsS "$url/openapi.json" | grep -q '"openapi":"3.1'
for path in /docs /docs/page.js /docs/swagger-ui-bundle.js /docs/swagger-ui.css; do curl -fsS "$url$path" >/dev/null; done
grpc=$(sed -nE 's/.*"address":"([^"]+)".*/\1/p' serve.err | head -n 1)
node -e '
  const { grpc, protoLoader } = require(`${process.cwd()}/${process.argv[1]}/vendor/grpc/index.cjs`);
  const { messages } = require(`${process.cwd()}/${process.argv[1]}/schema/grpc/descriptors.json`);
  const definition = protoLoader.fromJSON(messages, { keepCase: true })["inference.GRPCInferenceService"];
  const client = new (grpc.makeClientConstructor(definition, "Service"))(process.argv[2], grpc.credentials.createInsecure());
  client.ServerReady({}, (error, reply) => {
    console.log("gRPC:", error ?? reply);
    process.exitCode = reply?.ready === true ? 0 : 1;
    client.close();
  });
' "$package" "$grpc"
kill -TERM "$server"
wait "$server"
server=
mlserve build image flowers --eject image
# What the image would hold, laid out as the Dockerfile does, serves without the package.
mkdir root
cp -R image/layers/*/. root/
MLSERVE_SERVER_PORT=0 node root/app/dist/io/server.js serve root/models > server.err 2>&1 &
server=$!
for _ in $(seq 100); do
  grep -q '"msg":"ready"' server.err && break
  sleep 0.1
done
cat server.err
url=$(sed -nE 's/.*(http:\/\/[0-9.]+:[0-9]+).*/\1/p' server.err | head -n 1)
curl -fsS -H 'content-type: application/json' -d @request.json "$url/predict" | grep -q '"predictions"'
kill -TERM "$server"
wait "$server"
server=
# With an engine, where there is one for the tests (test/support/docker/engine.sh).
if [ -n "${MLSERVE_TEST_DOCKER_HOST:-}" ]; then
  DOCKER_HOST=$MLSERVE_TEST_DOCKER_HOST mlserve build image flowers --tag "$MLSERVE_TEST_REGISTRY/packed/flowers:1.0.0" --push --file-output build.json
  node -e '
    const { image, platforms } = JSON.parse(require("node:fs").readFileSync("build.json", "utf8"));
    const { passed } = platforms[0].smoke.examples;
    if (!/@sha256:[0-9a-f]{64}$/.test(image) || passed !== 1) throw new Error(`${image}, ${passed} passed`);
  '
else
  echo 'skipped: an image of the packed package, for there is no container engine'
fi
mlserve deploy flowers --image "registry.example/flowers:1.0.0@sha256:$(printf image | sha256sum | cut -c1-64)"
test -f flowers/deploy/kustomize/overlays/prod/kustomization.yaml
echo 'the packed package takes a model to a prediction, to what makes an image, and to manifests'

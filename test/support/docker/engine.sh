#!/usr/bin/env bash
# A Docker engine and a registry of the tests' own, on loopback: "engine.sh start FOLDER" starts dockerd and docker-registry with all their
# data below FOLDER, brings in the base images, and prints the variables that the tests look for; "engine.sh stop FOLDER" ends both and
# removes the data, but for the base images. "engine.sh start-small FOLDER BASES SIZE" starts an engine alone, on a disk of that size, with
# the base images of another folder. Needs root and Debian's docker.io, debootstrap and docker-registry.
set -eu -o pipefail
command=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
socket=$folder/docker.sock
port=${MLSERVE_TEST_REGISTRY_PORT:-5077}
arch=$(dpkg --print-architecture)
path='ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

wait_for() {
  for _ in $(seq 150); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.2
  done
  echo "engine.sh: no answer from: $*" >&2
  return 1
}

stop_one() {
  [ -f "$1" ] || return 0
  local pid
  pid=$(cat "$1")
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  rm -f "$1"
}

stop() {
  stop_one "$folder/docker.pid"
  stop_one "$folder/registry.pid"
  # A container that was left behind keeps its mounts.
  grep -o " $folder/[^ ]*" /proc/mounts | sort -r | xargs -r umount 2>/dev/null || true
  rm -rf "$folder/data" "$folder/exec" "$folder/registry" "$socket"
}

# start_engine BASES COMMAND…: dockerd, run by a command, and the slim base in it.
start_engine() {
  # As newer engines do by themselves: recommend BuildKit.
  echo '{"features": {"buildkit": true}}' >"$folder/daemon.json"
  "${@:2}" dockerd --config-file "$folder/daemon.json" --data-root "$folder/data" --exec-root "$folder/exec" \
    --pidfile "$folder/docker.pid" -H "unix://$socket" >"$folder/docker.log" 2>&1 </dev/null &
  export DOCKER_HOST=unix://$socket
  wait_for docker version
  docker import -c "$path" -c 'CMD ["node"]' "$1/slim-$arch.tar" node:24-bookworm-slim >/dev/null
}

start() {
  mkdir -p "$folder"
  "$here/base-image.sh" "$folder/base" "$arch"
  stop
  mkdir -p "$folder/registry"
  start_engine "$folder/base" setsid
  cat >"$folder/registry.yml" <<YML
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $folder/registry}, delete: {enabled: true}}
http: {addr: 127.0.0.1:$port}
YML
  setsid docker-registry serve "$folder/registry.yml" >"$folder/registry.log" 2>&1 </dev/null &
  echo $! >"$folder/registry.pid"
  wait_for curl -fs "http://127.0.0.1:$port/v2/"
  docker import -c "$path" -c 'ENTRYPOINT ["/nodejs/bin/node"]' "$folder/base/distroless-$arch.tar" \
    gcr.io/distroless/nodejs24-debian12:nonroot >/dev/null
  docker tag node:24-bookworm-slim "127.0.0.1:$port/node:24-bookworm-slim"
  docker push -q "127.0.0.1:$port/node:24-bookworm-slim" >/dev/null
  echo "MLSERVE_TEST_DOCKER_HOST=$DOCKER_HOST"
  echo "MLSERVE_TEST_REGISTRY=127.0.0.1:$port"
}

start_small() {
  mkdir -p "$folder/data"
  mount -t tmpfs -o "size=$2" tmpfs "$folder/data"
  # The bridge of this network belongs to the other engine.
  start_engine "$1" setsid unshare --net
}

case $command in
  start) start ;;
  start-small) start_small "$3" "$4" ;;
  stop) stop ;;
  *) echo "engine.sh: start, start-small or stop" >&2; exit 2 ;;
esac

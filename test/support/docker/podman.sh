#!/usr/bin/env bash
# A Podman of the tests' own: "podman.sh start FOLDER BASES REGISTRY" starts its service with all its data below FOLDER, brings in the slim
# base of the folder BASES (base-image.sh), lets it speak plain HTTP to REGISTRY, and prints the variable that the tests look for;
# "podman.sh stop FOLDER" ends it and removes the data. Needs root and Debian's podman.
set -eu -o pipefail
command=$1 folder=$2
socket=$folder/podman.sock
export CONTAINERS_CONF=$folder/containers.conf CONTAINERS_REGISTRIES_CONF=$folder/registries.conf
podman=(podman --root "$folder/data" --runroot "$folder/run" --tmpdir "$folder/tmp")

stop() {
  if [ -f "$folder/podman.pid" ]; then
    kill "$(cat "$folder/podman.pid")" 2>/dev/null || true
    "${podman[@]}" rm --all --force --time 0 >/dev/null 2>&1 || true
  fi
  grep -o " $folder/[^ ]*" /proc/mounts | sort -r | xargs -r umount 2>/dev/null || true
  rm -rf "$folder"
}

start() {
  stop
  mkdir -p "$folder"
  # Its own limits are refused where those of this machine are lower.
  printf '[containers]\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\n' >"$CONTAINERS_CONF"
  printf 'unqualified-search-registries = ["docker.io"]\n[[registry]]\nlocation = "%s"\ninsecure = true\n' "$2" >"$CONTAINERS_REGISTRIES_CONF"
  "${podman[@]}" import -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' -c 'CMD ["node"]' \
    "$1/slim-$(dpkg --print-architecture).tar" docker.io/library/node:24-bookworm-slim >"$folder/import.log" 2>&1
  setsid "${podman[@]}" system service --time 0 "unix://$socket" >"$folder/podman.log" 2>&1 </dev/null &
  echo $! >"$folder/podman.pid"
  for _ in $(seq 100); do
    curl -fs --unix-socket "$socket" http://podman/_ping >/dev/null && break
    sleep 0.1
  done
  curl -fs --unix-socket "$socket" http://podman/_ping >/dev/null || { cat "$folder/podman.log" >&2; exit 1; }
  echo "MLSERVE_TEST_PODMAN_HOST=unix://$socket"
}

case $command in
  start) start "$3" "$4" ;;
  stop) stop ;;
  *) echo "podman.sh: start or stop" >&2; exit 2 ;;
esac

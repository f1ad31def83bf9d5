#!/usr/bin/env bash
# The base images of the tests, made on this machine, for where no public registry is reached: base-image.sh FOLDER ARCH (amd64 or arm64)
# writes FOLDER/slim-ARCH.tar, a Debian bookworm with Node 24 at /usr/local/bin/node as in the official node:24-bookworm-slim, and
# FOLDER/distroless-ARCH.tar, which holds Node at /nodejs/bin/node, the libraries it needs and no shell. Kept: a second call does nothing.
set -eu -o pipefail
folder=$1 arch=$2
npm_arch=${arch/amd64/x64}
[ -f "$folder/slim-$arch.tar" ] && [ -f "$folder/distroless-$arch.tar" ] && exit 0
mkdir -p "$folder"
work=$(mktemp -d "$folder/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

npm install --silent --no-save --ignore-scripts --force --os=linux --cpu="$npm_arch" --prefix "$work/node" "node-linux-$npm_arch@24" >/dev/null
node=$(find "$work/node/node_modules/node-linux-$npm_arch" -path '*/bin/node' -type f)

root=$work/slim
# What runs is Node and what it loads: for another processor the packages are unpacked and never configured.
foreign=()
[ "$arch" = "$(dpkg --print-architecture)" ] || foreign=(--foreign)
debootstrap --variant=minbase --arch="$arch" --include=ca-certificates,libstdc++6 "${foreign[@]}" bookworm "$root" >"$work/debootstrap.log" 2>&1 ||
  { tail -n 20 "$work/debootstrap.log" >&2; exit 1; }
if [ -d "$root/debootstrap" ]; then
  for package in "$root"/var/cache/apt/archives/{libc6,libgcc-s1,libstdc++6,ca-certificates,tzdata}_*.deb; do
    [ -f "$package" ] && dpkg-deb -x "$package" "$root"
  done
  rm -rf "$root/debootstrap"
fi
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,info,locale}/* "$root"/dev/* "$root"/var/log/*.log
install -m 0755 "$node" "$root/usr/local/bin/node"
grep -q '^node:' "$root/etc/passwd" 2>/dev/null || {
  echo 'node:x:1000:1000::/home/node:/bin/bash' >>"$root/etc/passwd"
  echo 'node:x:1000:' >>"$root/etc/group"
}

bare=$work/distroless
mkdir -p "$bare/nodejs/bin" "$bare/tmp" "$bare/etc"
chmod 1777 "$bare/tmp"
cp "$node" "$bare/nodejs/bin/node"
printf 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' >"$bare/etc/passwd"
triplet=$([ "$arch" = amd64 ] && echo x86_64-linux-gnu || echo aarch64-linux-gnu)
for name in libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libgcc_s.so.1 libstdc++.so.6; do
  for at in "lib/$triplet" "usr/lib/$triplet"; do
    [ -e "$root/$at/$name" ] || continue
    mkdir -p "$bare/lib/$triplet"
    cp -L "$root/$at/$name" "$bare/lib/$triplet/$name"
    break
  done
done
# The loader is asked for by its full name.
loader=$([ "$arch" = amd64 ] && echo lib64/ld-linux-x86-64.so.2 || echo lib/ld-linux-aarch64.so.1)
mkdir -p "$bare/$(dirname "$loader")"
cp -L "$(find "$root/lib/" "$root/usr/lib/" -name "$(basename "$loader")" | head -n 1)" "$bare/$loader"

for name in slim distroless; do
  tar --create --numeric-owner --owner=0 --group=0 --file "$work/$name.tar" --directory "$work/$name" .
  mv "$work/$name.tar" "$folder/$name-$arch.tar"
done

#!/usr/bin/env bash
# Makes the certificates of this folder with openssl: an authority, two certificates of a server on this machine (to replace one by the
# other), a client's, a client's of a stranger, one that has ended, and an encrypted key. They are good for nothing but tests, and
# valid from 2000 to 2100, so that no clock is wrong for them.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/ca.cnf" <<END
[ca]
default_ca=it
[it]
new_certs_dir=$work
database=$work/index
rand_serial=yes
default_md=sha256
policy=any
unique_subject=no
[any]
commonName=supplied
END
touch "$work/index"
key() { openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$1"; }
# issue NAME SUBJECT KEY EXTENSIONS END SIGNER…
issue() {
  local name=$1 subject=$2 own=$3 extensions=$4 end=$5
  shift 5
  key "$own"
  openssl req -new -key "$own" -subj "/CN=$subject" -out "$work/csr"
  printf "$extensions" >"$work/extensions"
  openssl ca -batch -notext -config "$work/ca.cnf" -extfile "$work/extensions" -startdate 20000101000000Z -enddate "$end" \
    -in "$work/csr" -out "$name.cert.pem" "$@" 2>/dev/null
}
authority() {
  issue "$1" "mlserve tests $1" "$work/$1.key" 'basicConstraints=critical,CA:TRUE\n' 21000101000000Z -selfsign -keyfile "$work/$1.key"
}
leaf() { issue "$1" "$2" "$1.key.pem" "basicConstraints=CA:FALSE\n$4" "$5" -cert "$3.cert.pem" -keyfile "$work/$3.key"; }
server='subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\nextendedKeyUsage=serverAuth\n'
client='extendedKeyUsage=clientAuth\n'
authority authority
authority stranger
leaf server 'first server' authority "$server" 21000101000000Z
leaf renewed 'renewed server' authority "$server" 21000101000000Z
leaf client 'a client' authority "$client" 21000101000000Z
leaf intruder 'an intruder' stranger "$client" 21000101000000Z
leaf ended 'ended server' authority "$server" 20010101000000Z
openssl pkcs8 -topk8 -in server.key.pem -passout pass:secret -out encrypted.key.pem
chmod 644 ./*.pem

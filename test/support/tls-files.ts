/** The certificates and keys of `tls/`, which its `make.sh` made with openssl. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** `server.cert`, `server.key`, … → the path of the PEM file. */
export const pemPath = (name: string): string => resolve(import.meta.dirname, 'tls', `${name}.pem`);

export const pem = (name: string): string => readFileSync(pemPath(name), 'utf8');

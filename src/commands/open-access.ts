/** A project → who may do what on its ports, and the TLS credentials they are opened with. */
import { resolve } from 'node:path';
import { MlserveError } from '../errors.ts';
import type { Files, Io } from '../ports.ts';
import { type ApiKey, parseKeys } from '../server/auth/api-keys.ts';
import { createGate, type Gate } from '../server/auth/gate.ts';
import { type PemFile, type TlsCredentials, tlsCredentials } from '../server/auth/tls-credentials.ts';
import type { Project } from './project.ts';
import { lookAt } from './watch-files.ts';

/** Where keys are given without a file. */
const KEYS_VARIABLE = 'MLSERVE_API_KEYS';

/** Something read from files, and how to read it again. */
export interface FromFiles<T> {
  readonly value: T;
  /** Absolute; empty when there is nothing to read. */
  readonly paths: readonly string[];
  /** The state of the files before they were read. */
  readonly seen: string;
  readonly read: () => Promise<T>;
}

export interface Access {
  readonly gate: Gate;
  /** Undefined: callers need none. */
  readonly keys: FromFiles<readonly ApiKey[] | undefined>;
  /** Undefined: no TLS. */
  readonly tls: FromFiles<TlsCredentials | undefined>;
}

/** Throws CONFIG_INVALID, FILE_NOT_FOUND, FILE_UNREADABLE. */
export async function openAccess({ dir, spec }: Project, { files, env }: Pick<Io, 'files' | 'env'>): Promise<Access> {
  const path = (setting: string): string | undefined => (setting === '' ? undefined : resolve(dir, setting));
  const file = path(spec.auth.keysFile);
  const [cert, key, clientCa] = [spec.tls.cert, spec.tls.key, spec.tls.clientCa].map(path);
  const pem = async (name: string): Promise<PemFile> => ({ path: name, text: await files.readText(name) });
  const keys = await readFirst([file], files, () => readKeys(file, env[KEYS_VARIABLE], files));
  const tls = await readFirst([cert, key, clientCa], files, async () => {
    if (cert === undefined || key === undefined) return undefined;
    const authorities = clientCa === undefined ? undefined : await pem(clientCa);
    return tlsCredentials({ cert: await pem(cert), key: await pem(key), clientCa: authorities });
  });
  const needsCertificate = tls.value?.clientCa !== undefined;
  return { gate: createGate({ keys: keys.value, adminAccess: spec.admin.access, needsCertificate }), keys, tls };
}

async function readFirst<T>(
  wanted: readonly (string | undefined)[],
  files: Files,
  read: () => Promise<T>,
): Promise<FromFiles<T>> {
  const paths = wanted.filter((path) => path !== undefined);
  const seen = await lookAt(paths, files);
  return { value: await read(), paths, seen, read };
}

/** Undefined when neither the file nor the variable is given. */
async function readKeys(file: string | undefined, variable = '', files: Files): Promise<readonly ApiKey[] | undefined> {
  if (file === undefined && variable === '') return undefined;
  const ofFile = file === undefined ? undefined : parseKeys(await files.readText(file), file);
  // Several lines in a variable are awkward to write: a semicolon ends one too.
  const text = variable.replaceAll(';', '\n');
  const all = variable === '' ? ofFile : parseKeys(text, KEYS_VARIABLE, ofFile?.keys);
  const issues = [...(ofFile?.issues ?? []), ...(all === ofFile ? [] : (all?.issues ?? []))];
  if (issues.length > 0) throw new MlserveError('CONFIG_INVALID', 'the API keys cannot be used', { issues });
  return all?.keys;
}

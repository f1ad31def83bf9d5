/** `mlserve key create`: a name and scopes → a new API key, and the line by which a service knows it. */
import { Buffer } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import { MlserveError } from '../errors.ts';
import type { Io } from '../ports.ts';
import { isKeyName, keyLine, parseKeys, parseScopes, SCOPES, type Scope } from '../server/auth/api-keys.ts';

export interface CreateKeyOptions {
  readonly name: string;
  /** Separated by commas. */
  readonly scope: string;
  /** The keys file to add the line to. */
  readonly file?: string | undefined;
}

export interface CreatedKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Shown this once, and stored nowhere. */
  readonly key: string;
  /** For the keys file. */
  readonly line: string;
  /** The file that has the line now. */
  readonly file?: string;
}

/** 256 bits: nobody guesses them, so a fast hash keeps them as well as a slow one. */
const KEY_BYTES = 32;
/** By which people, and programs that look for lost secrets, know what it is. */
const PREFIX = 'mlserve_';

/** Throws USAGE; CONFIG_INVALID when the file holds what is no key, or the name already. */
export async function createKey({ name, scope, file }: CreateKeyOptions, io: Pick<Io, 'files'>): Promise<CreatedKey> {
  if (!isKeyName(name)) {
    throw new MlserveError(
      'USAGE',
      `--name must be letters, digits and . _ @ -, up to 64, not ${JSON.stringify(name)}`,
    );
  }
  const scopes = parseScopes(scope);
  if (scopes === undefined)
    throw new MlserveError('USAGE', `--scope must be a list of ${SCOPES.join(', ')}: infer,metrics`);
  const key = `${PREFIX}${Buffer.from(randomBytes(KEY_BYTES)).toString('base64url')}`;
  const line = keyLine({ name, scopes, hash: createHash('sha256').update(key).digest() });
  const created = { name, scopes: [...scopes], key, line };
  if (file === undefined) return created;
  await addLine(file, line, io);
  return { ...created, file };
}

/** The file as it was, and the line at its end. */
async function addLine(file: string, line: string, { files }: Pick<Io, 'files'>): Promise<void> {
  const before = (await files.stat(file)) === undefined ? '' : await files.readText(file);
  const text = `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`;
  const { issues } = parseKeys(text, file);
  if (issues.length > 0) throw new MlserveError('CONFIG_INVALID', 'the key cannot be added to the file', { issues });
  await files.writeAtomic(file, text);
}

export function renderCreatedKey({ key, line, file }: CreatedKey): string {
  const where =
    file === undefined ? `Line for auth.keysFile or MLSERVE_API_KEYS:\n  ${line}` : `Added to ${file}:\n  ${line}`;
  return `Key, shown this once, for the client:\n  ${key}\n${where}\n`;
}

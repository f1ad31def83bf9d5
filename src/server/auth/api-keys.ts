/** Lines of a keys file, or of the variable that stands for one → API keys. A key itself is never in there: its sha256 is. */
import { Buffer } from 'node:buffer';
import type { Issue } from '../../issue.ts';

/** What a key may be good for. */
export const SCOPES = ['infer', 'admin', 'metrics'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ApiKey {
  /** Who has it; this is what the log shows. */
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** sha256 of the key: 32 bytes. */
  readonly hash: Buffer;
}

export interface ParsedKeys {
  /** Those before, and those of the text. */
  readonly keys: readonly ApiKey[];
  readonly issues: readonly Issue[];
}

/** Every request is compared with every key. */
const MOST_KEYS = 1000;
const NAME = /^[A-Za-z0-9][\w.@-]{0,63}$/;
const HASH = /^sha256:[0-9a-f]{64}$/;

/** One key a line: its name, its scopes separated by commas, `sha256:` and the hash. `#` starts a comment. `source` is where findings are; `before` are keys of another source. */
export function parseKeys(text: string, source: string, before: readonly ApiKey[] = []): ParsedKeys {
  const keys: ApiKey[] = [...before];
  const issues: Issue[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const words = line
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/);
    if (words[0] === '') continue;
    if (keys.length === MOST_KEYS) {
      issues.push(finding(`${source}:${at + 1}`, `there are more than ${MOST_KEYS} keys`));
      break;
    }
    const problem = addKey(words, keys);
    // What stands there may be a key, written in the wrong place: it is not repeated.
    if (problem !== undefined) issues.push(finding(`${source}:${at + 1}`, problem));
  }
  if (issues.length === 0 && keys.length === before.length) issues.push(finding(source, 'it holds no key'));
  return { keys, issues };
}

/** The line of a key, as `parseKeys` reads it. */
export function keyLine({ name, scopes, hash }: ApiKey): string {
  return `${name} ${[...scopes].join(',')} sha256:${hash.toString('hex')}`;
}

/** What is wrong with a line; undefined when its key was added. */
function addKey(words: readonly string[], keys: ApiKey[]): string | undefined {
  const [name = '', scopeList = '', hash = ''] = words;
  if (words.length !== 3) return `${words.length === 1 ? 'one word' : `${words.length} words`} instead of three`;
  if (!isKeyName(name)) return 'the first word is no name: letters, digits and . _ @ - up to 64';
  const scopes = parseScopes(scopeList);
  if (scopes === undefined) return `the second word is not a list of ${SCOPES.join(', ')}`;
  if (!HASH.test(hash)) return 'the third word is not "sha256:" and 64 hexadecimal digits in lower case';
  const bytes = Buffer.from(hash.slice('sha256:'.length), 'hex');
  if (keys.some((key) => key.name === name)) return `the name "${name}" is there twice`;
  const twin = keys.find((key) => key.hash.equals(bytes));
  if (twin !== undefined) return `the key of "${name}" is that of "${twin.name}"`;
  keys.push({ name, scopes, hash: bytes });
  return undefined;
}

export function isKeyName(text: string): boolean {
  return NAME.test(text);
}

/** Undefined when a word is no scope. */
export function parseScopes(list: string): ReadonlySet<Scope> | undefined {
  const words = list.split(',');
  return words.every((word): word is Scope => (SCOPES as readonly string[]).includes(word))
    ? new Set(words)
    : undefined;
}

function finding(where: string, message: string): Issue {
  const hint = 'a line is NAME SCOPES sha256:HASH; "mlserve key create" makes a key and its line';
  return { rule: 'auth.keys', severity: 'error', where, message, hint };
}

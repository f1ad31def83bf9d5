/** What was seen of a project → the files that `mlserve doctor --fix` writes and removes: none that a person has written. Pure. */
import type { ProjectSnapshot } from './snapshot.ts';

export interface Repair {
  /** Relative to the project folder. */
  readonly path: string;
  readonly action: 'write' | 'add lines' | 'remove';
  readonly why: string;
}

export interface Repairs {
  readonly list: readonly Repair[];
  /** Whole new texts, by path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
}

export const SCHEMA_PATH = '.mlserve/schema.json';
export const IGNORE_PATH = '.gitignore';
/** `.env` has API keys. The same as in new projects. */
const IGNORED = ['*.log', '.env'];

/** Lines that a `.gitignore` lacks. */
export function unignored(gitignore: string | undefined): readonly string[] {
  if (gitignore === undefined) return [];
  const lines = gitignore.split(/\r?\n/).map((line) => line.trim());
  return IGNORED.filter((line) => !lines.includes(line) && !lines.includes(`/${line}`));
}

/** `schema`: the text of this version. */
export function planRepairs({ schema: state, gitignore, leftovers }: ProjectSnapshot, schema: string): Repairs {
  const list: Repair[] = [];
  const texts = new Map<string, string>();
  if (state === 'absent' || state === 'different') {
    texts.set(SCHEMA_PATH, schema);
    list.push({ path: SCHEMA_PATH, action: 'write', why: 'editors complete mlserve.yaml by it' });
  }
  const lines = unignored(gitignore);
  if (lines.length > 0 && gitignore !== undefined) {
    const before = gitignore === '' || gitignore.endsWith('\n') ? gitignore : `${gitignore}\n`;
    texts.set(IGNORE_PATH, `${before}${lines.join('\n')}\n`);
    list.push({ path: IGNORE_PATH, action: 'add lines', why: `${lines.join(' and ')} must not be committed` });
  }
  for (const path of leftovers) list.push({ path, action: 'remove', why: 'a command that was killed has left it' });
  return { list, texts, removed: leftovers };
}

/** `mlserve schema`: the words of a command → the JSON Schema of what its `--json` prints; without words, the list of them. */
import { MlserveError } from '../errors.ts';
import type { Io } from '../ports.ts';
import { textTable } from './text-table.ts';

/** A JSON Schema of the draft 2020-12. */
export interface SchemaDocument {
  readonly $schema: string;
  /** With the version of the contract: `https://mlserve.dev/schema/results/v1/lock.json`. */
  readonly $id: string;
  readonly title: string;
  readonly [keyword: string]: unknown;
}

export interface SchemaList {
  /** Of the contract: within it keys and words are added, and nothing else changes. */
  readonly version: 1;
  readonly schemas: readonly {
    /** The words of the command; `error` for what each of them prints when it fails. */
    readonly name: string;
    readonly id: string;
    readonly title: string;
  }[];
}

/** Throws USAGE for words that are no command with a `--json`. */
export async function schema(
  words: readonly string[],
  io: Pick<Io, 'resultSchemas'>,
): Promise<SchemaList | SchemaDocument> {
  const all = [...(await io.resultSchemas())].map(([file, text]) => ({
    name: file.replaceAll('-', ' '),
    document: JSON.parse(text) as SchemaDocument,
  }));
  if (words.length === 0) {
    return {
      version: 1,
      schemas: all.map(({ name, document }) => ({ name, id: document.$id, title: document.title })),
    };
  }
  const wanted = words.join(' ');
  const found = all.find(({ name }) => name === wanted);
  if (found !== undefined) return found.document;
  throw new MlserveError('USAGE', `there is no schema of ${JSON.stringify(wanted)}`, {
    hint: `name one of: ${all.map(({ name }) => name).join(', ')}`,
  });
}

/** Schemas are for programs: one is printed as the JSON that it is. Pure. */
export function renderSchema(result: SchemaList | SchemaDocument): string {
  if (!isList(result)) return JSON.stringify(result, null, 2);
  return textTable(result.schemas.map(({ name, id }) => [name, id])).join('\n');
}

function isList(result: SchemaList | SchemaDocument): result is SchemaList {
  return !('$schema' in result);
}

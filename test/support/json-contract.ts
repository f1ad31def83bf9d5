/** argv × what was printed with `--json` → held to the schema that is published for the command. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Entry } from '../../src/command-line/command-line.ts';
import { COMMANDS } from '../../src/program.ts';

const FOLDER = resolve(import.meta.dirname, '../../schema/results');
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
const compiled = new Map<string, ValidateFunction>();

/** The name of the schema for a command line: `build-image`; undefined where no JSON of ours is printed. */
export function schemaOf(args: readonly string[]): string | undefined {
  const flags = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (!flags.includes('--json') || flags.includes('--help')) return undefined;
  const words: string[] = [];
  let entries: readonly Entry[] = COMMANDS;
  for (const word of flags) {
    const entry = entries.find(({ name }) => name === word);
    if (entry === undefined) break;
    words.push(word);
    entries = 'commands' in entry ? entry.commands : [];
  }
  return words.length === 0 ? 'error' : words.join('-');
}

/** Every command of the program, named as its schema would be. */
export function leafCommands(entries: readonly Entry[] = COMMANDS, before: readonly string[] = []): string[] {
  return entries.flatMap((entry) => {
    const words = [...before, entry.name];
    return 'commands' in entry ? leafCommands(entry.commands, words) : [words.join('-')];
  });
}

/** Throws where the output has a key that the schema does not know, or lacks one that it promises. A run that was cut short prints nothing. */
export function holdToSchema(args: readonly string[], stdout: string): void {
  const name = schemaOf(args);
  if (name === undefined || stdout === '') return;
  const result: unknown = JSON.parse(stdout);
  const isError = typeof result === 'object' && result !== null && Object.keys(result).join() === 'error';
  holdResult(isError ? 'error' : name, result);
}

/** Throws where `result` is not what schema/results/NAME.json says. */
export function holdResult(name: string, result: unknown): void {
  const validate =
    compiled.get(name) ?? ajv.compile(closed(JSON.parse(readFileSync(`${FOLDER}/${name}.json`, 'utf8'))));
  compiled.set(name, validate);
  if (validate(result)) return;
  const problems = (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `  ${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
  );
  throw new Error(
    `the output is not what schema/results/${name}.json says ("npm run schemas" writes it):\n${problems.join('\n')}`,
  );
}

/** Published objects are open, so that keys can be added; here each key must be in the schema. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isOpen = 'properties' in schema && 'type' in schema && !('additionalProperties' in schema);
  return (isOpen ? { ...members, additionalProperties: false } : members) as T;
}

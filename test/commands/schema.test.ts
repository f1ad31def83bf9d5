import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
// @ts-expect-error a script in JavaScript
import { resultSchemas } from '../../scripts/result-schemas.js';
import { leaves } from '../support/commands.ts';
import { holdResult, holdToSchema, schemaOf } from '../support/json-contract.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp.ts';

const FOLDER = resolve(import.meta.dirname, '../../schema/results');
const files = readdirSync(FOLDER).sort();
const read = (file: string): Record<string, unknown> => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));

describe('the published schemas', () => {
  it('are what the types of the results make ("npm run schemas" writes them)', { timeout: 240_000 }, () => {
    const made: ReadonlyMap<string, string> = resultSchemas();
    expect([...made.keys()].map((name) => `${name}.json`).sort()).toEqual(files);
    for (const [name, text] of made) expect(readFileSync(join(FOLDER, `${name}.json`), 'utf8'), name).toBe(text);
  });

  it('are there for every command that takes --json, for errors and for events', async () => {
    const commands = (await leaves()).filter(({ command }) => command.options.some(({ long }) => long === '--json'));
    const names = [...commands.map(({ words }) => words.join('-')), 'error', 'event'];
    expect(files).toEqual(names.map((name) => `${name}.json`).sort());
  });

  it.each(files)('%s is JSON Schema 2020-12 and names its version', (file) => {
    const schema = read(file);
    expect(new Ajv2020({ allowUnionTypes: true }).validateSchema(schema)).toBe(true);
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.$id).toBe(`https://mlserve.dev/schema/results/v1/${file}`);
  });
});

describe('the check of every test that runs --json', () => {
  const lock = { path: 'mlserve.lock', status: 'created', issues: [], models: [] };

  it('takes what the schema says, and the error object in its place', () => {
    expect(() => holdToSchema(['lock', '--json'], JSON.stringify(lock))).not.toThrow();
    const error = { error: { code: 'USAGE', message: 'no', issues: [] } };
    expect(() => holdToSchema(['lock', '--json'], JSON.stringify(error))).not.toThrow();
  });

  it('refuses a key that is not in the schema, one that is missing, and another word', () => {
    expect(() => holdResult('lock', { ...lock, extra: 1 })).toThrow(/extra/);
    expect(() => holdResult('lock', { ...lock, models: undefined })).toThrow(/models/);
    expect(() => holdResult('lock', { ...lock, status: 'broken' })).toThrow(/status/);
    expect(() => holdToSchema(['lock', '--json'], 'lock written')).toThrow();
  });

  it('knows the command of a command line', () => {
    expect(schemaOf(['build', 'image', '.', '--json'])).toBe('build-image');
    expect(schemaOf(['nonsense', '--json'])).toBe('error');
    expect(schemaOf(['lock'])).toBeUndefined();
    expect(schemaOf(['lock', '--help', '--json'])).toBeUndefined();
  });
});

describe('mlserve schema', () => {
  it('prints the schema of a command as it is in the package', async () => {
    const { code, stdout } = await runCli(['schema', 'build', 'image'], { cwd: await tempFolder() });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(read('build-image.json'));
  });

  it('lists all of them, for people and as JSON', async () => {
    const cwd = await tempFolder();
    const { stdout } = await runCli(['schema'], { cwd });
    expect(stdout).toMatch(/^build image +https:\/\/mlserve\.dev\/schema\/results\/v1\/build-image\.json$/m);
    const { version, schemas } = JSON.parse((await runCli(['schema', '--json'], { cwd })).stdout);
    expect(version).toBe(1);
    expect(schemas.map(({ name }: { name: string }) => `${name.replaceAll(' ', '-')}.json`)).toEqual(files);
  });

  it('says which there are when one is asked for that is not', async () => {
    const { code, stderr } = await runCli(['schema', 'serve'], { cwd: await tempFolder() });
    expect(code).toBe(2);
    expect(stderr).toMatch(/there is no schema of "serve" \[USAGE\]\n.*build image, ci init, config/s);
  });
});

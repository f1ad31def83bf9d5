import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { planConfig, planProject } from '../../src/scaffold/plan-project.ts';
import type { ProjectModel } from '../../src/scaffold/project-model.ts';
import { fillTemplate, readTemplate } from '../../src/scaffold/template.ts';
import { scalar } from '../../src/scaffold/write-config.ts';

const TEMPLATE = resolve(import.meta.dirname, '../../templates/service');
const file = (name: string): string => readFileSync(join(TEMPLATE, name), 'utf8');
const template = await readTemplate(file('template.json'), async (name) => file(name));

const MODEL: ProjectModel = {
  path: 'models/fraud.onnx',
  signature: {
    inputs: [{ kind: 'tensor', name: 'x', elementType: 'float32', shape: ['N', 2] }],
    defaultedInputs: [],
    outputs: [{ kind: 'tensor', name: 'p|q', elementType: 'float32', shape: ['N', 2] }],
  },
  features: {
    names: 'metadata',
    columns: [
      { name: 'amount, EUR', type: 'number', input: 'x' },
      { name: 'yes', type: 'category', input: 'x', values: ['on', '1', 'a: b', "d'accord"] },
    ],
  },
  outputs: [{ name: 'score', from: 'p|q', labels: ['legit', 'null'] }],
  notes: ['A sentence on what was changed. '.repeat(9).trim()],
  dataFiles: ['my weights.data'],
};
const EXAMPLE = { request: { instances: [{ "it's": 1n }] }, predictions: [{ score: Number.NaN }] };
const plan = (model: ProjectModel, maxRows?: number) => ({
  template,
  answers: { name: 'fraud', version: '1.0.0', maxRows },
  model,
});

describe('planning a project', () => {
  it('writes a configuration that says what is meant, whatever the names hold', () => {
    expect(parse(planConfig(plan(MODEL, 32)).text)).toEqual({
      apiVersion: 'mlserve.dev/v1',
      name: 'fraud',
      version: '1.0.0',
      models: [
        {
          name: 'fraud',
          path: 'models/fraud.onnx',
          features: {
            input: 'x',
            columns: [
              { name: 'amount, EUR', type: 'number' },
              { name: 'yes', type: 'category', values: ['on', '1', 'a: b', "d'accord"] },
            ],
          },
          outputs: [{ name: 'score', from: 'p|q', labels: ['legit', 'null'] }],
          examples: 'examples/*.json',
        },
      ],
      batching: { maxRows: 32 },
    });
  });

  it('starts with the line that editors look for, and leaves out what has its default', () => {
    const { text } = planConfig(plan({ ...MODEL, features: undefined, outputs: [], notes: [] }));
    expect(text.startsWith('# yaml-language-server: $schema=./.mlserve/schema.json\n')).toBe(true);
    expect(Object.keys(parse(text))).toEqual(['apiVersion', 'name', 'version', 'models']);
    expect(Object.keys(parse(text).models[0])).toEqual(['name', 'path', 'examples']);
    expect(text).not.toMatch(/\n\n\n|[ \t]\n|\{\{/);
  });

  it('plans every file of the template and the golden example', () => {
    const files = planProject(plan(MODEL), EXAMPLE);
    expect(files.map(({ path }) => path)).toEqual([
      'mlserve.yaml',
      'README.md',
      '.gitignore',
      '.gitattributes',
      'examples/golden.json',
    ]);
    const text = (path: string): string => files.find((each) => each.path === path)?.text ?? '';
    expect(JSON.parse(text('examples/golden.json'))).toEqual({
      name: 'the first answer of fraud',
      request: { instances: [{ "it's": 1 }] },
      response: { predictions: [{ score: null }] },
      tolerance: { relative: 1e-5 },
    });
    expect(text('README.md')).toContain(`-d '{"instances":[{"it'\\''s":1}]}'`);
    expect(text('README.md')).toContain('| `score` | `p\\|q` | float32 | `legit`, `null` |');
    expect(text('README.md')).toContain(MODEL.notes[0]);
    expect(text('.gitattributes')).toContain('models/my[[:space:]]weights.data binary\n');
    for (const each of files) expect(each.text).not.toContain('{{');
  });

  it('writes any string so that YAML reads the same string back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(parse(`{a: [${scalar(text)}, b]}`)).toEqual({ a: [text, 'b'] });
        expect(parse(`a: ${scalar(text)}`)).toEqual({ a: text });
      }),
      {
        examples: [
          ['null'],
          ['1'],
          ['-1e3'],
          ['0x1f'],
          ['yes'],
          ['a: b'],
          ['a #b'],
          ['.inf'],
          ['~'],
          [''],
          ['_'],
          ['1_000'],
        ],
      },
    );
  });
});

describe('templates', () => {
  it('refuses a file with a placeholder that template.json does not declare', async () => {
    const json = JSON.stringify({ placeholders: { a: '' }, files: [{ template: 'x', path: 'x' }] });
    await expect(readTemplate(json, async () => '{{a}} {{b}}')).rejects.toThrow('placeholders: b');
  });

  it('refuses a placeholder without a value, and does not look into values', () => {
    expect(fillTemplate('<{{a}}>', { a: '{{b}} $& $1' })).toBe('<{{b}} $& $1>\n');
    expect(() => fillTemplate('{{toString}}', {})).toThrow('{{toString}}');
  });
});

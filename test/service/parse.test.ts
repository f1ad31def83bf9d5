import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadService } from '../../src/service/load-service.ts';
import { parseService } from '../../src/service/parse.ts';

/** Every finding as `line:column rule`. */
function findings(text: string): readonly string[] {
  return loadService({ text, file: 'm.yaml', env: {}, flags: {} }).issues.map(
    ({ where, rule }) => `${where.replace('m.yaml:', '')} ${rule.replace('config.', '')}`,
  );
}

const HEAD = 'apiVersion: mlserve.dev/v1\nname: fraud\nversion: 1.4.0\n';
const MODEL = `${HEAD}models:\n  - name: fraud\n    path: models/fraud.onnx\n`;
const withColumns = (...columns: readonly string[]): string =>
  `${MODEL}    features:\n      columns:\n${columns.map((column) => `        - ${column}\n`).join('')}`;

describe('mlserve.yaml', () => {
  it('of the documentation has no finding', () => {
    const columns = [
      '{name: amount, type: number, min: 0, unit: EUR}',
      '{name: age, type: integer, min: 0, max: 130, onMissing: {impute: 41}}',
      '{name: country, type: category, values: {FR: 0, US: 1}, onUnknown: reject}',
    ];
    expect(findings(withColumns(...columns))).toEqual([]);
  });

  it('reports every problem at once, each with its line and column', () => {
    const text = `apiVersion: mlserve.dev/v2
name: Fraud
versoin: 1.0
models:
  - name: fraud
    path: ../../etc/passwd
    features:
      colums: []
      columns:
        - {name: a, type: numbr, min: "0"}
        - foo
        - {name: a, type: integer, min: 3, max: 1}
    outputs:
      - {name: y, labels: [a, [b]], argmax: 1}
server: {port: 99999, hots: x}
limits: {bodyBytes: 64XB}
`;
    expect([...findings(text)].sort()).toEqual(
      [
        '1:1 missing-key',
        '1:13 invalid-value',
        '2:7 invalid-value',
        '3:1 unknown-key',
        '6:11 path-escapes',
        '8:7 unknown-key',
        '10:27 invalid-value',
        '10:39 invalid-value',
        '11:11 invalid-value',
        '12:18 duplicate-column',
        '12:41 min-above-max',
        '14:31 invalid-value',
        '14:45 invalid-value',
        '15:16 invalid-value',
        '15:23 unknown-key',
        '16:21 invalid-value',
      ].sort(),
    );
  });

  it('says what was probably meant', () => {
    const hint = (text: string) =>
      parseService(text, 'm.yaml').issues.find(({ rule }) => rule === 'config.unknown-key')?.hint;
    expect(hint(`${MODEL}sevrer: {port: 1}\n`)).toBe('did you mean "server"?');
    expect(hint(`${MODEL}server: {prot: 1}\n`)).toBe('did you mean "port"?');
    expect(hint(`${MODEL}    fetaures: {}\n`)).toBe('did you mean "features"?');
    expect(hint(`${MODEL}__proto__: {}\n`)).toMatch(/^the keys here are apiVersion, name/);
    expect(hint(`${MODEL}volumes: {}\n`)).toMatch(/^the keys here are/);
  });

  it('says what was expected and what is there', () => {
    const message = (text: string) => parseService(text, 'm.yaml').issues.map((issue) => issue.message);
    expect(message(`${MODEL}server: {port: "80x"}\n`)).toEqual([
      'server.port must be an integer from 0 to 65535, not "80x"',
    ]);
    expect(message(`${MODEL}limits: {bodyBytes: 64XB}\n`)).toEqual([
      'limits.bodyBytes must be bytes from 1024 to 2147483648, or a size like 64MB or 64MiB, not "64XB"',
    ]);
    expect(message(withColumns('{name: a, type: category, values: {FR: zero}}'))).toEqual([
      'models[0].features.columns[0].values.FR must be a number, not "zero"',
    ]);
    expect(message(withColumns('{name: a, type: number, onMissing: drop}'))).toEqual([
      'models[0].features.columns[0].onMissing must be "reject", "nan" or {impute: value}, not "drop"',
    ]);
  });

  it('refuses what is no configuration at all', () => {
    expect(findings('')).toEqual(['1:1 missing-key']);
    expect(findings('- a\n')).toEqual(['1:1 not-a-mapping']);
    expect(findings('a: 1\n\tb: 2\n')).toEqual(['2:1 syntax']);
    expect(findings(`${MODEL}name: twice\n`)).toEqual(['7:1 duplicate-key']);
    expect(findings(`${MODEL}---\nname: second\n`)).toEqual(['7:1 syntax']);
    expect(findings(`${HEAD}models: !!js/function x\n`)).toEqual(['4:9 syntax']);
    expect(findings('x'.repeat(2 ** 20 + 1))).toEqual(['m.yaml syntax']);
  });

  it('does not follow aliases and nesting beyond its bounds', () => {
    const bomb = ['a: &a [1,1,1,1,1,1,1,1,1]'];
    for (const [name, above] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf'].map((pair) => [...pair])) {
      bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${above}`).join()}]`);
    }
    const started = performance.now();
    expect(findings(bomb.join('\n')).map((one) => one.split(' ')[1])).toEqual(['too-large']);
    expect(findings('a: &a [*a, *a]').map((one) => one.split(' ')[1])).toEqual(['too-large']);
    expect(findings(`a: ${'['.repeat(40)}${']'.repeat(40)}`).map((one) => one.split(' ')[1])).toEqual(['too-large']);
    expect(findings(`a: ${'['.repeat(100_000)}`)[0]).toMatch(/syntax$/);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('takes an alias for repeated columns', () => {
    const text = `${MODEL}    features: {columns: [{name: a, type: category, values: &v {x: 0, y: 1}}, {name: b, type: category, values: *v}]}\n`;
    expect(findings(text)).toEqual([]);
    expect(parseService(text, 'm.yaml').written.models?.[0]?.features?.columns?.[1]?.values).toEqual({ x: 0, y: 1 });
  });

  it('never fails, whatever the text', () => {
    const word = fc.constantFrom(
      ...[
        'models',
        'name',
        'features',
        'columns',
        'values',
        'server',
        'port',
        'path',
        'outputs',
        'labels',
        'onMissing',
      ],
      ...[
        ':',
        ': ',
        '- ',
        '\n',
        '\n  ',
        '\n    ',
        '{',
        '}',
        '[',
        ']',
        ',',
        '&a ',
        '*a',
        '!!map ',
        '? ',
        '|',
        '>',
        '"',
        "'",
        '#',
      ],
      ...[
        '1',
        '.nan',
        '-.inf',
        '0x1F',
        'null',
        '~',
        'true',
        '__proto__',
        'constructor',
        '\t',
        '\u0000',
        '\ud800',
        '---\n',
        '<<: ',
      ],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
      fc.array(word, { maxLength: 20 }).map((words) => MODEL + words.join('')),
      fc.json(),
    );
    fc.assert(
      fc.property(text, (source) => {
        const { issues } = loadService({ text: source, file: 'm.yaml', env: {}, flags: {} });
        for (const issue of issues) expect(issue.where).toMatch(/^(m\.yaml|limits\.)/);
      }),
      { numRuns: 1000 },
    );
  });
});

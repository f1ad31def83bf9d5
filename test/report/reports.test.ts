/** The forms of a report, held to the schemas and readers that others have of them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Issue } from '../../src/issue.ts';
import { junitXml } from '../../src/report/junit.ts';
import { placeOf, type Report } from '../../src/report/report.ts';
import { sarifText } from '../../src/report/sarif.ts';
import { type Summary, summaryText } from '../../src/report/summary.ts';

const issue = (rest: Partial<Issue> = {}): Issue => ({
  ...{ rule: 'golden.mismatch', severity: 'error', where: 'examples/a.json#/response/predictions/0/y' },
  ...{ message: 'is 1; the example has 2', hint: 'look' },
  ...rest,
});
const report = (issues: readonly Issue[], loose: readonly Issue[] = []): Report => ({
  ...{ title: 'mlserve test of fraud 1.4.0', version: '0.1.0' },
  cases: [
    { suite: 'local', name: 'examples/a.json', durationMs: 1.5, issues },
    { suite: 'local', name: 'examples/b.json', durationMs: 2, issues: [] },
  ],
  issues: [...issues, ...loose],
});

describe('the place of a finding', () => {
  it('is a file with a pointer, a line and a column, or no file at all', () => {
    const none = { pointer: undefined, line: undefined, column: undefined };
    expect(placeOf({ where: 'examples/a.json#/request' })).toEqual({
      ...none,
      file: 'examples/a.json',
      pointer: '/request',
    });
    expect(placeOf({ where: 'mlserve.yaml:3:5' })).toEqual({ ...none, file: 'mlserve.yaml', line: 3, column: 5 });
    expect(placeOf({ where: 'rows.csv:2#/0/y' })).toEqual({ ...none, file: 'rows.csv', line: 2, pointer: '/0/y' });
    expect(placeOf({ where: 'models/a.onnx' })).toEqual({ ...none, file: 'models/a.onnx' });
    expect(placeOf({ where: 'examples/two words.json' })).toEqual({ ...none, file: 'examples/two words.json' });
    expect(placeOf({ where: 'models/a.onnx, node layer.conv' })).toBeUndefined();
    expect(placeOf({ where: 'HEAD~1:mlserve.yaml:3' })).toBeUndefined();
    expect(placeOf({ where: 'http://fraud.example:8080/x.json' })).toBeUndefined();
    expect(placeOf({ where: 'model "fraud"' })).toBeUndefined();
  });
});

describe('SARIF', () => {
  // Of its draft 4 it uses nothing that later drafts read otherwise.
  const { $schema, id, ...schema } = JSON.parse(
    readFileSync(
      createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'),
      'utf8',
    ),
  ) as { $schema: string; id: string };
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
  const paths = new Map(['examples/a.json', 'mlserve.yaml'].map((file) => [file, `services/fraud/${file}`]));
  const options = { paths, fallback: 'mlserve.yaml' };

  it('is what the published schema of SARIF 2.1.0 says, and that schema refuses something', () => {
    const issues = [
      issue(),
      issue({ where: 'model "x"', severity: 'warning' }),
      issue({ where: 'mlserve.yaml:3:5', severity: 'info' }),
    ];
    for (const each of [report([]), report(issues)]) {
      const log: unknown = JSON.parse(sarifText(each, options));
      expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
    }
    expect(validate({ version: '2.1.0', runs: [{ results: [] }] })).toBe(false);
  });

  it('puts each finding on its file, and one about no file on the configuration', () => {
    const issues = [
      issue(),
      issue({ rule: 'a', where: 'model "x"', severity: 'warning' }),
      issue({ where: 'mlserve.yaml:3:5' }),
    ];
    const { runs } = JSON.parse(sarifText(report(issues), options)) as { runs: { results: object[] }[] };
    const place = (uri: string, region: object, name?: string) => [
      {
        physicalLocation: { artifactLocation: { uri: `services/fraud/${uri}` }, region },
        ...(name === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: name }] }),
      },
    ];
    expect(runs[0]?.results).toMatchObject([
      {
        ruleId: 'golden.mismatch',
        ruleIndex: 1,
        level: 'error',
        locations: place('examples/a.json', { startLine: 1 }, '/response/predictions/0/y'),
      },
      { ruleId: 'a', ruleIndex: 0, level: 'warning', locations: place('mlserve.yaml', { startLine: 1 }, 'model "x"') },
      { ruleIndex: 1, locations: place('mlserve.yaml', { startLine: 3, startColumn: 5 }) },
    ]);
  });
});

describe('JUnit XML', () => {
  it('has a case for each thing that was tried, and fails those with errors', () => {
    const xml = junitXml(
      report([issue({ severity: 'warning' }), issue({ message: 'a < b & "c"' })], [issue({ where: 'lock' })]),
    );
    expect(xml).toContain(
      '<testsuites name="mlserve test of fraud 1.4.0" tests="3" failures="2" errors="0" time="0.004">',
    );
    expect(xml).toContain('<testsuite name="local" tests="2" failures="1" errors="0" time="0.004">');
    expect(xml).toContain('<testcase classname="local" name="examples/b.json" time="0.002"/>');
    expect(xml).toContain('message="a &lt; b &amp; &quot;c&quot;">');
    expect(xml).toContain('<testcase classname="mlserve test of fraud 1.4.0" name="lock" time="0.000">');
  });

  it('stays XML whatever names and messages hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const xml = junitXml(report([issue({ message: `${text}\ud800\u0000]]>`, where: text })]));
        // XML 1.0, production Char, outside of markup.
        expect(xml).toMatch(/^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u);
        const inside = xml.replace(/<\/?[a-z]+(?: [a-z]+="[^"<]*")*\/?>|<\?xml[^>]*\?>/g, '');
        expect(inside).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;)/);
      }),
      { numRuns: 25 },
    );
  });
});

describe('the summary of a job', () => {
  const summary = (issues: readonly Issue[]): Summary => ({
    ...{ title: 'mlserve test of fraud 1.4.0', verdict: 'failed', hasPassed: false, issues },
    cases: [
      { suite: 'local', name: 'examples/a.json', hasPassed: issues.length === 0 },
      { suite: 'local', name: 'examples/b.json', hasPassed: true },
    ],
  });

  it('is a table of cases and of whom was asked, and one of findings', () => {
    expect(summaryText(summary([issue({ message: 'a | b' })]))).toBe(`### ❌ mlserve test of fraud 1.4.0

failed

|  | local |
| --- | --- |
| examples/a.json | ❌ |
| examples/b.json | ✅ |

|  | rule | where | finding |
| --- | --- | --- | --- |
| error | golden.mismatch | examples/a.json&#35;/response/predictions/0/y | a &#124; b — look |

`);
    expect(summaryText({ ...summary([]), cases: [], hasPassed: true })).toBe(
      '### ✅ mlserve test of fraud 1.4.0\n\nfailed\n\n',
    );
  });

  it('lets no name become markup', () => {
    const text = summaryText(summary([issue({ message: '<img src=x> [a](b) @all `c`\n|' })]));
    expect(text).toContain('&#60;img src=x&#62; &#91;a&#93;(b) &#64;all &#96;c&#96;&#92;u000a&#124;');
  });

  it('shows two hundred rows and counts the rest', () => {
    const cases = Array.from({ length: 250 }, (_, at) => ({ suite: 's', name: `n${at}`, hasPassed: true }));
    const text = summaryText({ ...summary([]), cases, issues: cases.map(() => issue()) });
    expect(text).toContain('and 50 more\n');
    expect(text).toContain('and 50 more findings\n');
  });
});

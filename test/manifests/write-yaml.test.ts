import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { manifestsText, yamlText } from '../../src/manifests/write-yaml.ts';

const object = (data: Record<string, unknown>) => ({ apiVersion: 'v1', kind: 'ConfigMap', data });

describe('the YAML', () => {
  it('has a header, a document for each object, and reasons above the lines they are about', () => {
    const text = manifestsText(
      [
        { object: object({ a: '1', list: [{ b: 2 }] }), notes: [{ path: ['data', 'list', 0, 'b'], text: 'why two' }] },
        { object: object({}), notes: [{ path: ['data', 'gone'], text: 'about nothing' }] },
      ],
      ['Written by a test.'],
    );
    expect(text).toBe(
      '# Written by a test.\napiVersion: v1\nkind: ConfigMap\ndata:\n  a: "1"\n  list:\n    - # why two\n      b: 2\n---\napiVersion: v1\nkind: ConfigMap\ndata: {}\n',
    );
  });

  it('quotes what readers of YAML 1.1 would not take for text', () => {
    const values = [
      'no',
      'on',
      'y',
      'N',
      '1:30',
      '1_000',
      '0x1f',
      '012',
      '1e3',
      '1234567890e1',
      '2001-01-01',
      '~',
      'null',
      '',
      '1.4.0',
      '=',
      '<<',
    ];
    const text = manifestsText(
      [{ object: object(Object.fromEntries(values.map((value, at) => [`k${at}`, value]))), notes: [] }],
      [],
    );
    const read = parse(text, { version: '1.1' }) as { data: Record<string, unknown> };
    expect(Object.values(read.data)).toEqual(values);
  });

  it('says the same to readers of both versions, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 60 })),
        (data) => {
          const text = manifestsText([{ object: object(data), notes: [] }], ['h']);
          for (const version of ['1.1', '1.2'] as const) {
            const [document] = parseAllDocuments(text, { version, merge: false });
            const read = (document as { toJS(options: object): unknown }).toJS({ mapAsMap: true }) as Map<
              string,
              Map<string, string>
            >;
            expect(Object.fromEntries(read.get('data') ?? [])).toEqual({ ...data });
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('breaks long reasons into lines and never long values', () => {
    const long = 'word '.repeat(60).trim();
    const text = manifestsText([{ object: object({ a: long }), notes: [{ path: ['data', 'a'], text: long }] }], []);
    const lines = text.split('\n');
    expect(lines.filter((line) => line.trimStart().startsWith('#')).length).toBe(3);
    expect(lines.find((line) => line.includes('a: '))).toBe(`  a: ${long}`);
  });

  it('is plain for other files as well, without aliases for what is the same', () => {
    const shared = { x: 1 };
    expect(yamlText({ a: shared, b: shared }, [])).toBe('a:\n  x: 1\nb:\n  x: 1\n');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonError } from '../../../src/server/json/json-error.ts';
import { JsonReader } from '../../../src/server/json/json-reader.ts';
import { keySet } from '../../../src/server/json/key-set.ts';
import { type JsonValue, parseJson } from '../../../src/server/json/read-value.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const faultOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof JsonError) return error.fault;
    throw error;
  }
  return 'accepted';
};
const accepts = (parse: () => unknown): boolean => {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
};
/** Faults in what JSON.parse accepts. */
const STRICTER = new Set(['duplicate-key', 'number-range']);
/** As JSON.parse has it: ordinary prototypes, doubles only. */
const plain = (value: JsonValue): unknown => {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, member]) => [key, plain(member)]);
    return Object.fromEntries(entries);
  }
  return value;
};

describe('the JSON reader against JSON.parse', () => {
  it('reads every value JSON.stringify writes, whatever the white space', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(plain(parseJson(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('accepts exactly the texts that JSON.parse accepts, apart from duplicate keys and overlarge numbers', () => {
    const token = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"a"',
        '"\\u00e9"',
        '"\\x"',
        '"\n"',
        '"\\',
        '"',
        '1',
        '-',
        '-0',
        '01',
        '1.',
        '.5',
      ],
      ...[
        '1.5',
        '1e',
        '1e5',
        '1E+2',
        '-1e-7',
        '+1',
        'true',
        'false',
        'null',
        'nul',
        'NaN',
        'Infinity',
        ' ',
        '\t',
        '\u00a0',
        '//',
      ],
    );
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(token, { maxLength: 8 }), (tokens) => {
        const text = tokens.join('');
        const ours = faultOf(() => parseJson(text));
        if (ours === 'accepted') accepted++;
        if (!STRICTER.has(ours)) expect(ours === 'accepted').toBe(accepts(() => JSON.parse(text)));
      }),
      { numRuns: 20_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('keeps its verdict when one byte of a good text is changed', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.nat(), fc.nat(255), (value, where, byte) => {
        const changed = bytes(JSON.stringify(value));
        changed[where % changed.length] = byte;
        const ours = faultOf(() => parseJson(changed));
        const theirs = accepts(() => JSON.parse(decoder.decode(changed)));
        if (!STRICTER.has(ours)) expect(ours === 'accepted').toBe(theirs);
      }),
      { numRuns: 5000 },
    );
  });

  it('rounds every decimal number as JSON.parse does', () => {
    const decimal = fc
      .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.nat(25), fc.integer({ min: -340, max: 340 }))
      .map(([minus, digits, point, power]) => {
        const text = `${digits}`.padStart(point + 1, '0');
        const fraction = point === 0 ? '' : `.${text.slice(-point)}`;
        return `${minus ? '-' : ''}${text.slice(0, text.length - point)}${fraction}e${power}`;
      });
    fc.assert(
      fc.property(decimal, (text) => {
        const expected = JSON.parse(text);
        expect(Object.is(new JsonReader(bytes(text), 1).number(), expected)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(new JsonReader(bytes(`${value}`), 1).number()).toBe(Number(`${value}`));
      }),
      { numRuns: 20_000 },
    );
  });

  it('decodes every escape and every unescaped character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = `"${[...text].map((c) => [...Array(c.length).keys()].map((at) => `\\u${c.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')).join('')}"`;
        expect(parseJson(escaped)).toBe(text);
        expect(parseJson(JSON.stringify(text))).toBe(text);
      }),
    );
  });
});

describe('the JSON reader where it is stricter or richer than JSON.parse', () => {
  it('refuses a key that comes twice, however it is written', () => {
    expect(faultOf(() => parseJson('{"a":1,"a":2}'))).toBe('duplicate-key');
    expect(faultOf(() => parseJson('{"a":1,"\\u0061":2}'))).toBe('duplicate-key');
    expect(faultOf(() => parseJson('{"__proto__":1,"__proto__":2}'))).toBe('duplicate-key');
    expect(faultOf(() => parseJson('{"constructor":1,"toString":2}'))).toBe('accepted');
  });

  it('refuses bytes that are not UTF-8', () => {
    for (const bad of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]]) {
      expect(faultOf(() => parseJson(new Uint8Array([0x22, ...bad, 0x22])))).toBe('encoding');
    }
  });

  it('refuses nesting beyond the limit without exhausting the stack', () => {
    expect(faultOf(() => parseJson('['.repeat(100) + ']'.repeat(100), 100))).toBe('accepted');
    expect(faultOf(() => parseJson('['.repeat(101) + ']'.repeat(101), 100))).toBe('depth');
    expect(faultOf(() => parseJson('['.repeat(1_000_000), 100))).toBe('depth');
    expect(faultOf(() => parseJson('{"a":'.repeat(1_000_000), 100))).toBe('depth');
  });

  it('refuses a number that no double can hold', () => {
    expect(faultOf(() => parseJson('1e400'))).toBe('number-range');
    expect(faultOf(() => parseJson('[-1e999999999999]'))).toBe('number-range');
    expect(parseJson('1e-400')).toBe(0);
  });

  it('keeps integers beyond 2^53 exact, and a number of a million digits cheap', () => {
    expect(parseJson('9007199254740993')).toBe(9007199254740993n);
    expect(parseJson('-18446744073709551616')).toBe(-18446744073709551616n);
    expect(parseJson('9007199254740991')).toBe(9007199254740991);
    const started = performance.now();
    expect(faultOf(() => parseJson('9'.repeat(1_000_000)))).toBe('number-range');
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('gives objects no prototype, so that a key cannot reach one', () => {
    const value = parseJson('{"__proto__":{"polluted":true}}') as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('names an offset and never the text in its errors', () => {
    expect(() => parseJson('{"card":4111111111111111 x}')).toThrow('expected a comma or a closing bracket at byte 25');
  });
});

describe('keyIn', () => {
  const keys = keySet(['amount', 'âge', 'a"b']);
  const readKey = (text: string, guess: number) => new JsonReader(bytes(text), 1).keyIn(keys, guess);

  it('finds a known key whether the guess is right, wrong or out of range', () => {
    for (const guess of [0, 1, 2, 7]) {
      expect(readKey('"amount":', guess)).toBe(0);
      expect(readKey(' "âge" :', guess)).toBe(1);
      expect(readKey('"\\u00e2ge":', guess)).toBe(1);
      expect(readKey('"a\\"b":', guess)).toBe(2);
    }
  });

  it('gives back a key it does not know', () => {
    expect(readKey('"amoun":', 0)).toBe('amoun');
    expect(readKey('"amounts":', 0)).toBe('amounts');
    expect(readKey('"__proto__":', 0)).toBe('__proto__');
  });
});

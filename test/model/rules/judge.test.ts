/** Rules on models that no fixture holds: borders, lengths, names, and what a finding may say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ElementType } from '../../../src/model/element-type.ts';
import { readModel } from '../../../src/model/read-model.ts';
import { escapesFolder } from '../../../src/model/rules/external-data.ts';
import { judgeProbe } from '../../../src/model/rules/probe.ts';
import { plain, quote } from '../../../src/model/rules/quote.ts';
import type { Dimension } from '../../../src/model/signature.ts';
import { bytesSource } from '../../support/bytes-source.ts';
import { judgeBytes, judgeStructure, rulesOf } from '../../support/judge-bytes.ts';
import {
  attribute,
  type Bytes,
  externalTensor,
  field,
  type GraphText,
  graph,
  int,
  message,
  model,
  node,
  packed,
  rawFloats,
  tensor,
  value,
} from '../../support/onnx-writer.ts';

const IN = value('X', 1, ['n', 4]);
const OUT = value('Y', 1, ['n', 4]);
const identity = node({ op: 'Identity', inputs: ['X'], outputs: ['Y'] });
const simple = (more: GraphText = {}): Bytes =>
  model(graph({ nodes: [identity], inputs: [IN], outputs: [OUT], ...more }));
const metadata = (key: string, text: string): Bytes => field(14, message(field(1, key), field(2, text)));

describe('the rules', () => {
  it('have nothing to say of a plain model', () => {
    expect(judgeBytes(simple())).toEqual([]);
  });

  it('accept the operator sets 7 and 26 and refuse their neighbours', () => {
    const at = (version: number) => {
      const body = field(7, graph({ nodes: [identity], inputs: [IN], outputs: [OUT] }));
      return rulesOf(judgeBytes(message(int(1, 8), body, field(8, message(field(1, ''), int(2, version))))));
    };
    expect([6, 7, 26, 27].map((version) => at(version))).toEqual([['MSV004'], [], [], ['MSV004']]);
  });

  it('know operators by version: Gelu from 20, Upsample until 9, LayerNormalization of the runtime at any', () => {
    const withOp = (op: string) => simple({ nodes: [node({ op, inputs: ['X'], outputs: ['Y'] })] });
    expect(judgeBytes(withOp('Gelu'))[0]).toMatchObject({ rule: 'MSV006', message: expect.stringContaining('20') });
    expect(judgeBytes(withOp('Upsample'))[0]).toMatchObject({ message: expect.stringContaining('removed') });
    expect(judgeBytes(withOp('LayerNormalization'))).toEqual([]);
    expect(judgeBytes(withOp('constructor'))[0]?.rule).toBe('MSV006');
  });

  it('know no operator by the name of a member that every object has', () => {
    const one = (name: string) => tensor({ name, type: 7, dims: [1], fields: [packed(7, [1])] });
    for (const op of ['hasOwnProperty', '__proto__', 'constructor', '__defineGetter__', 'valueOf']) {
      const nodes = [node({ op, inputs: ['a', 'b'], outputs: ['c'] }), identity];
      expect(rulesOf(judgeBytes(simple({ nodes, initializers: [one('a'), one('b')] }))), op).toEqual(['MSV006']);
    }
  });

  it('report an unknown operator once, with the number of its nodes', () => {
    const nodes = ['A', 'B', 'Y'].map((name) => node({ op: 'Frobnicate', inputs: ['X'], outputs: [name] }));
    const issues = judgeBytes(simple({ nodes }));
    expect(issues).toHaveLength(1);
    expect(issues[0]?.message).toContain('3 nodes');
  });

  it('look for unknown operators and bad tensors in subgraphs as well', () => {
    const inner = graph({
      nodes: [node({ op: 'Frobnicate', inputs: ['X'], outputs: ['Z'] })],
      initializers: [rawFloats('W', [3], [1, 2])],
      outputs: [value('Z', 1)],
    });
    const branch = (name: string) => attribute(name, 5, field(6, inner));
    const condition = tensor({ name: 'C', type: 9, dims: [], fields: [field(9, Uint8Array.of(1))] });
    const loop = node({
      op: 'If',
      inputs: ['C'],
      outputs: ['Y'],
      attributes: [branch('then_branch'), branch('else_branch')],
    });
    const rules = rulesOf(judgeBytes(simple({ nodes: [loop], initializers: [condition] })));
    expect(rules).toEqual(['MSV006', 'MSV011']);
  });

  it('let a subgraph read the values around it, but not those made later', () => {
    const reading = (name: string) =>
      graph({ nodes: [node({ op: 'Identity', inputs: [name], outputs: ['Z'] })], outputs: [value('Z', 1)] });
    const around = (name: string) => {
      const branches = ['then_branch', 'else_branch'].map((each) => attribute(each, 5, field(6, reading(name))));
      const condition = tensor({ name: 'C', type: 9, dims: [], fields: [field(9, Uint8Array.of(1))] });
      const before = node({ op: 'Relu', inputs: ['X'], outputs: ['before'] });
      const after = node({ op: 'Relu', inputs: ['X'], outputs: ['after'] });
      const choice = node({ op: 'If', inputs: ['C'], outputs: ['Y'], attributes: branches });
      return rulesOf(judgeBytes(simple({ nodes: [before, choice, after], initializers: [condition] })));
    };
    expect(around('before')).toEqual([]);
    expect(around('after')).toEqual(['MSV014']);
  });

  it('take 16 levels of graphs and refuse 17', () => {
    const nested = (levels: number): Bytes => {
      let body = graph({ nodes: [node({ op: 'Identity', inputs: ['X'], outputs: ['Z'] })], outputs: [value('Z', 1)] });
      for (let level = 2; level < levels; level++)
        body = graph({ nodes: [choose(body, 'Z')], outputs: [value('Z', 1)] });
      const condition = tensor({ name: 'C', type: 9, dims: [], fields: [field(9, Uint8Array.of(1))] });
      return simple({ nodes: [choose(body, 'Y')], initializers: [condition] });
    };
    const choose = (body: Bytes, output: string) =>
      node({
        op: 'If',
        inputs: ['C'],
        outputs: [output],
        attributes: ['then_branch', 'else_branch'].slice(0, 1).map((each) => attribute(each, 5, field(6, body))),
      });
    expect(rulesOf(judgeBytes(nested(16)))).toEqual([]);
    expect(rulesOf(judgeBytes(nested(17)))).toEqual(['MSV015']);
  });

  it('list at most twenty findings of a rule, the last of them saying how many more there are', () => {
    const nodes = Array.from({ length: 500 }, (_, index) =>
      node({ op: 'Relu', inputs: [`no${index}`], outputs: [`o${index}`] }),
    );
    const issues = judgeBytes(simple({ nodes: [...nodes, identity] }));
    expect(issues).toHaveLength(20);
    expect(issues.at(-1)?.message).toBe('and 481 more of this kind');
  });

  it('refuse a file of 2 GiB and take one byte less', () => {
    const structure = readModel(bytesSource(simple()));
    expect(judgeStructure({ ...structure, bytes: 2 ** 31 - 1 })).toEqual([]);
    expect(rulesOf(judgeStructure({ ...structure, bytes: 2 ** 31 }))).toEqual(['MSV024']);
  });

  it('note string inputs and unknown keys of external data', () => {
    expect(judgeBytes(simple({ inputs: [value('X', 8, ['n'])] }))[0]).toMatchObject({
      rule: 'MSV026',
      severity: 'info',
    });
    const place = { location: 'w.bin', length: 8, colour: 'red' };
    const weights = externalTensor('W', 1, [2], place);
    const externalFiles = new Map([['w.bin', { status: 'file', size: 8 } as const]]);
    expect(judgeBytes(simple({ initializers: [weights] }), { externalFiles })).toMatchObject([
      { rule: 'MSV027', severity: 'warning', message: expect.stringContaining('"colour"') },
    ]);
  });

  it('measure external data: offset and length inside the file, and as long as the tensor', () => {
    const judged = (size: number, place: object) => {
      const initializers = [externalTensor('W', 1, [2], { location: 'w.bin', ...place })];
      const externalFiles = new Map([['w.bin', { status: 'file', size } as const]]);
      return rulesOf(judgeBytes(simple({ initializers }), { externalFiles }));
    };
    expect(judged(8, {})).toEqual([]);
    expect(judged(100, {})).toEqual([]);
    expect(judged(100, { offset: 92 })).toEqual([]);
    expect(judged(100, { offset: 93 })).toEqual(['MSV010']);
    expect(judged(100, { offset: 92, length: 8 })).toEqual([]);
    expect(judged(100, { offset: 93, length: 8 })).toEqual(['MSV010']);
    expect(judged(100, { length: 12 })).toEqual(['MSV010']);
    expect(judged(7, {})).toEqual(['MSV010']);
  });

  it('warn of free dimensions but the rows, unless features fix them or they are the rows under another name', () => {
    const free = (...dims: (string | number)[]) => simple({ inputs: [value('X', 1, dims)] });
    expect(rulesOf(judgeBytes(free('n', 'm')))).toEqual(['MSV021']);
    expect(judgeBytes(free('n', 'm'), { boundedInputs: new Set(['X']) })).toEqual([]);
    expect(judgeBytes(free(2, 'n', 3))[0]?.message).toBe('dimension 1 is free (counted from 0)');
    const state = [IN, value('S', 1, [2, 'n', 8])];
    expect(judgeBytes(simple({ inputs: state }))).toEqual([]);
  });
});

describe('secrets in metadata', () => {
  const rules = (key: string, text: string) => rulesOf(judgeBytes(message(simple(), metadata(key, text))));

  it('are found by key and by value', () => {
    for (const [key, text] of [
      ['password', 'x'],
      ['aws_secret_access_key', 'x'],
      ['API-Key', 'x'],
      ['note', `AKIA${'A1B2C3D4E5F6G7H8'}`],
      ['source', 'postgres://reader:hunter2@db.example/x'],
      ['pem', '-----BEGIN RSA PRIVATE KEY-----\nMII'],
      ['trained', 'export API_KEY = 12345678'],
    ] as const) {
      expect(rules(key, text), key).toEqual(['MSV023']);
    }
  });

  it('are not seen in what language models and exporters write', () => {
    for (const [key, text] of [
      ['eos_token', '</s>'],
      ['tokenizer', 'bert'],
      ['names', "{0: 'person', 1: 'bicycle'}"],
      ['password', ' '],
      ['url', 'https://example.com/model?version=3'],
      ['keypoints', '17'],
    ] as const) {
      expect(rules(key, text), key).toEqual([]);
    }
  });

  it('cost no time in text that begins like one everywhere', () => {
    const beginnings = ['-eyJaaaaaaaaaa', '-----BEGIN A', 'a://b:', 'sk-', 'secret:', 'eyJaaaaaaaaaa.'];
    const texts = beginnings.flatMap((text) => Array<string>(20).fill(text.repeat(100_000 / text.length)));
    const entries = texts.map((text, at) => metadata(`k${at}`, text));
    const start = performance.now();
    judgeBytes(message(simple(), ...entries));
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('are found in text as long as it gets', () => {
    const token = `eyJ${'a'.repeat(300)}.eyJ${'b'.repeat(5000)}.c`;
    expect(rules('note', `${'word '.repeat(19_000)}${token}`)).toEqual(['MSV023']);
  });

  it('never show in a finding', () => {
    const secret = 'hunter2hunter2hunter2';
    const issues = judgeBytes(
      message(simple(), metadata('db', `postgres://reader:${secret}@db`), metadata('password', secret)),
    );
    expect(issues).toHaveLength(2);
    expect(JSON.stringify(issues)).not.toContain('hunter2');
  });
});

describe('names out of a model file', () => {
  it('cannot drive a terminal', () => {
    const nasty = '\u001b[2J\u202eevil\u0007\n';
    const [issue] = judgeBytes(simple({ outputs: [OUT, value(nasty, 1)] }));
    expect(issue?.where).toBe('m.onnx, output "\\u001b[2J\\u202eevil\\u0007\\u000a"');
  });

  it('are cut and hold nothing unprintable, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
        expect(quote(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
        expect(plain(text, 10).length).toBeLessThanOrEqual(66);
      }),
    );
  });
});

describe('a location of external data', () => {
  it('stays inside or is refused, whatever it is', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', 'a', 'C:', '~', '...', 'a\\..', '%2e%2e'),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const location = parts.join('/');
        if (escapesFolder(location)) return;
        const path = new URL(`file:///root/folder/${parts.map(encodeURIComponent).join('/')}`).pathname;
        expect(path.startsWith('/root/folder/')).toBe(true);
      }),
    );
  });

  it('may have dots in its name', () => {
    expect(['w.bin', 'a/b.bin', './w.bin', '..w', 'w..bin', '...'].map(escapesFolder)).not.toContain(true);
    expect(['../w', 'a/../w', '/w', 'C:w', 'a\\w', '\\\\host\\w', '..', 'w\0'].map(escapesFolder)).not.toContain(false);
  });
});

describe('a run that fails on made-up inputs', () => {
  const failed = { status: 'run-failed', message: 'no' } as const;
  const found = (elementType: ElementType, shape: readonly Dimension[]): readonly string[] => {
    const inputs = [{ kind: 'tensor', name: 'x', elementType, shape }] as const;
    return judgeProbe(failed, 'm.onnx', { inputs, defaultedInputs: [], outputs: [] }).map(({ rule }) => rule);
  };

  it('is an error where zeros are as good as any input', () => {
    expect(found('float32', ['N', 4])).toEqual(['MSV031']);
    expect(found('bool', [null])).toEqual(['MSV031']);
  });

  it('is a warning where labels, indices or sizes carry meaning: another input may run', () => {
    expect(found('string', ['N', 1])).toEqual(['MSV035']);
    expect(found('int64', ['N', 1])).toEqual(['MSV035']);
    expect(found('float32', ['N', 'samples'])).toEqual(['MSV035']);
  });
});

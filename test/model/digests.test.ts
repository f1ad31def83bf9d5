/** The four digests: reproduced by hand, and what changes which of them. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identifyModel } from '../../src/commands/identify-model.ts';
import { MlserveError } from '../../src/errors.ts';
import { realFiles } from '../../src/io/files.ts';
import { fingerprint } from '../../src/model/digests.ts';
import type { Fingerprint } from '../../src/model/fingerprint.ts';
import { readModel } from '../../src/model/read-model.ts';
import { RUNTIME_LIMITS } from '../../src/model/runtime-limits.ts';
import { summarize } from '../../src/model/summary.ts';
import { removeZipMap } from '../../src/model/zipmap.ts';
import { bytesSource } from '../support/bytes-source.ts';
import { FIXTURES, fixtureModels } from '../support/fixture-models.ts';
import * as onnx from '../support/onnx-writer.ts';

const sha256 = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** The fingerprint of model bytes, with data files beside them, from real files. */
async function fingerprintOf(bytes: Uint8Array, data: Readonly<Record<string, Uint8Array>> = {}): Promise<Fingerprint> {
  const dir = mkdtempSync(join(tmpdir(), 'mlserve-digest-'));
  writeFileSync(join(dir, 'm.onnx'), bytes);
  for (const [name, content] of Object.entries(data)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), content);
  }
  return (await identifyModel('m.onnx', realFiles(dir))).fingerprint;
}

interface Variant {
  readonly names?: {
    readonly x?: string;
    readonly h?: string;
    readonly g?: string;
    readonly w?: string;
    readonly y?: string;
  };
  readonly weight?: Uint8Array;
  readonly order?: readonly number[];
  readonly axis?: Uint8Array;
  readonly extraOutput?: boolean;
  readonly dim?: string;
  readonly more?: readonly Uint8Array[];
}

const W = [1, 2, 3, 4];

/** y = relu(x·w) + sigmoid(x·w), and softmax over an axis. */
function variant({ names = {}, weight, order = [0, 1, 2, 3], axis, extraOutput, dim = 'N', more = [] }: Variant = {}) {
  const { x = 'x', h = 'h', g = 'g', w = 'w', y = 'y' } = names;
  const nodes = [
    onnx.node({ op: 'MatMul', inputs: [x, w], outputs: [h], name: `node of ${h}` }),
    onnx.node({ op: 'Relu', inputs: [h], outputs: [g] }),
    onnx.node({ op: 'Sigmoid', inputs: [h], outputs: [`${h}2`] }),
    onnx.node({
      op: 'Op',
      inputs: [g, `${h}2`],
      outputs: [y],
      attributes: [
        onnx.attribute('axes', 7, axis ?? onnx.packed(8, [1, -1])),
        onnx.attribute('alpha', 1, onnx.float(2, 0.5)),
      ],
    }),
  ];
  return onnx.model(
    onnx.graph({
      nodes: order.map((at) => nodes[at]!),
      initializers: [weight ?? onnx.rawFloats(w, [2, 2], W)],
      inputs: [onnx.value(x, 1, [dim, 2])],
      outputs: [onnx.value(y, 1, [dim, 2]), ...(extraOutput ? [onnx.value(g, 1, [dim, 2])] : [])],
    }),
    ...more,
  );
}

/** Which of the four differ. */
async function changes(bytes: Uint8Array, data?: Readonly<Record<string, Uint8Array>>): Promise<readonly string[]> {
  const [before, after] = [await fingerprintOf(variant()), await fingerprintOf(bytes, data)];
  return (['model', 'graph', 'weights', 'signature'] as const).filter((key) => before[key] !== after[key]);
}

describe('a fingerprint by hand', () => {
  it('is made of the documented lines', async () => {
    const lines = (...each: readonly string[]): string => each.map((line) => `${line}\n`).join('');
    const axes = sha256(onnx.int64s([1n, -1n]));
    const graph = lines(
      '["mlserve.graph",1]',
      '["opset","",17]',
      '["opset","ai.onnx.ml",3]',
      '["input","float32",[null,2]]',
      '["weight","float32",[2,2]]',
      '["node","","MatMul","",[0,1],1,[]]',
      '["node","","Relu","",[2],1,[]]',
      '["node","","Sigmoid","",[2],1,[]]',
      `["node","","Op","",[3,4],1,[["alpha","float","0000003f"],["axes","ints",2,"${axes}"]]]`,
      '["output",5]',
    );
    const signature = lines(
      '["mlserve.signature",1]',
      '["input","x","float32",["N",2]]',
      '["output","y","float32",["N",2]]',
    );
    const weights = lines('["mlserve.weights",1]', '["weight","float32",[2,2],16]');
    expect(await fingerprintOf(variant())).toEqual({
      model: `sha256:${sha256(variant())}`,
      graph: `sha256:${sha256(graph)}`,
      weights: `sha256:${sha256(weights, onnx.floats(W))}`,
      signature: `sha256:${sha256(signature)}`,
    });
  });

  it('takes lists in attributes in any pieces, and their numbers as they are', async () => {
    const line = async (type: number, ...fields: readonly Uint8Array[]) => {
      const list = onnx.node({ op: 'Op', outputs: ['y'], attributes: [onnx.attribute('list', type, ...fields)] });
      return (await fingerprintOf(onnx.model(onnx.graph({ nodes: [list], outputs: [onnx.value('y', 1)] })))).graph;
    };
    const expected = (kind: string, count: number, ...bytes: readonly Uint8Array[]) => {
      const lines = [
        '["mlserve.graph",1]',
        '["opset","",17]',
        '["opset","ai.onnx.ml",3]',
        `["node","","Op","",[],1,[["list","${kind}",${count},"${sha256(...bytes)}"]]]`,
        '["output",0]',
      ];
      return `sha256:${sha256(lines.map((each) => `${each}\n`).join(''))}`;
    };
    const large = Array.from({ length: 20_000 }, (_, at) => BigInt(at) ** 4n * (at % 2 === 0 ? 1n : -1n));
    const ints = [onnx.packed(8, large), onnx.int(8, -7), onnx.packed(8, [])];
    for (const type of [7, 0])
      expect(await line(type, ...ints)).toBe(expected('ints', 20_001, onnx.int64s([...large, -7n])));
    const floats = [onnx.float(7, 0.1), onnx.field(7, onnx.floats([2, Number.NaN, -0]))];
    for (const type of [6, 0])
      expect(await line(type, ...floats)).toBe(expected('floats', 4, onnx.floats([0.1, 2, Number.NaN, -0])));
    const strings = [onnx.field(9, 'é'), onnx.field(9, '')];
    for (const type of [8, 0])
      expect(await line(type, ...strings)).toBe(
        expected('strings', 2, onnx.int64s([2n]), Buffer.from('é'), onnx.int64s([0n])),
      );
    expect(await line(7)).toBe(expected('ints', 0));
  });

  it('is what the commands of docs/identity.md print', async () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../docs/identity.md'), 'utf8');
    const commands = page.slice(page.lastIndexOf('```sh\n') + 6, page.lastIndexOf('```'));
    const printed = execFileSync('bash', ['-c', commands], { encoding: 'utf8' });
    const example = onnx.message(
      onnx.int(1, 8),
      onnx.field(
        7,
        onnx.graph({
          nodes: [
            onnx.node({ op: 'MatMul', inputs: ['x', 'w'], outputs: ['h'] }),
            onnx.node({ op: 'Relu', inputs: ['h'], outputs: ['y'] }),
          ],
          initializers: [onnx.typedFloats('w', [2, 2], W)],
          inputs: [onnx.value('x', 1, ['N', 2])],
          outputs: [onnx.value('y', 1, ['N', 2])],
        }),
      ),
      onnx.field(8, onnx.int(2, 17)),
    );
    const { graph, signature, weights } = await fingerprintOf(example);
    const ours = [graph, signature, weights].map((digest) => digest.slice('sha256:'.length));
    expect(printed.split('\n').flatMap((line) => /^[0-9a-f]{64}/.exec(line) ?? [])).toEqual(ours);
    expect([...commands.matchAll(/^# ([0-9a-f]{64})$/gm)].map((match) => match[1])).toEqual(ours);
  });

  it('of the bytes is what sha256sum prints, with data files and without', async () => {
    for (const { dir } of fixtureModels().filter(({ name }) => /^protocol\/(simple|external-data)$/.test(name))) {
      const { fingerprint, files } = await identifyModel('model.onnx', realFiles(dir));
      const data = files.slice(1).map(({ path }) => path);
      const sums = `sha256sum < model.onnx; sha256sum ${data.join(' ')} | LC_ALL=C sort -k2`;
      const shell = data.length === 0 ? 'sha256sum < model.onnx' : `(${sums}) | sha256sum`;
      const printed = execFileSync('sh', ['-c', shell], { cwd: dir, encoding: 'utf8' });
      expect(fingerprint.model).toBe(`sha256:${printed.slice(0, 64)}`);
    }
  });

  it('sorts data files by their bytes and takes odd names, as the shell does', async () => {
    const names = ['z.bin', 'a b.bin', 'Z.bin', 'é.bin', 'sub/a.bin', 'a.bin', 'line\nbreak.bin'];
    const initializers = names.map((location, at) =>
      onnx.externalTensor(`w${at}`, 1, [1], { location, offset: 0, length: 4 }),
    );
    const bytes = onnx.model(onnx.graph({ initializers: [...initializers, initializers[0]!], outputs: [] }));
    const dir = mkdtempSync(join(tmpdir(), 'mlserve-digest-'));
    mkdirSync(join(dir, 'sub'));
    writeFileSync(join(dir, 'm.onnx'), bytes);
    names.forEach((name, at) => {
      writeFileSync(join(dir, name), onnx.floats([at]));
    });
    const script = '(sha256sum < m.onnx; sha256sum "$@" | LC_ALL=C sort -k2) | sha256sum';
    const printed = execFileSync('sh', ['-c', script, 'sh', ...names], { cwd: dir, encoding: 'utf8' });
    expect((await identifyModel('m.onnx', realFiles(dir))).fingerprint.model).toBe(`sha256:${printed.slice(0, 64)}`);
  });
});

describe('the digests change with what they stand for', () => {
  it.each<[what: string, Variant, readonly string[]]>([
    ['renaming internal values', { names: { h: 'hidden', g: 'gate', w: 'kernel' } }, ['model']],
    ['another topological order', { order: [0, 2, 1, 3] }, ['model']],
    ['a doc string and a producer', { more: [onnx.field(6, 'about'), onnx.field(2, 'someone')] }, ['model']],
    ['typed instead of raw weights', { weight: onnx.typedFloats('w', [2, 2], W) }, ['model']],
    ['an attribute that is not packed', { axis: onnx.message(onnx.int(8, 1), onnx.int(8, -1)) }, ['model']],
    ['one weight', { weight: onnx.rawFloats('w', [2, 2], [1, 2, 3, 5]) }, ['model', 'weights']],
    ['an attribute value', { axis: onnx.packed(8, [1, -2]) }, ['model', 'graph']],
    ['the name of an input', { names: { x: 'features' } }, ['model', 'signature']],
    ['the name of a dimension', { dim: 'batch' }, ['model', 'signature']],
    ['one more output', { extraOutput: true }, ['model', 'graph', 'signature']],
    ['the shape of a weight', { weight: onnx.rawFloats('w', [4, 1], W) }, ['model', 'graph', 'weights']],
  ])('%s', async (_, change, expected) => {
    expect(await changes(variant(change))).toEqual(expected);
  });

  it('weights in a data file: only the bytes', async () => {
    const weight = onnx.externalTensor('w', 1, [2, 2], { location: 'data/w.bin', offset: 8, length: 16 });
    const data = { 'data/w.bin': onnx.message(new Uint8Array(8), onnx.floats(W)) };
    expect(await changes(variant({ weight }), data)).toEqual(['model']);
  });

  it('an unsorted, disconnected or cyclic graph still has digests', async () => {
    const cyclic = onnx.model(
      onnx.graph({
        nodes: [
          onnx.node({ op: 'A', inputs: ['b', 'nowhere'], outputs: ['a'] }),
          onnx.node({ op: 'B', inputs: ['a'], outputs: ['b'] }),
          onnx.node({ op: 'Dead', inputs: [''], outputs: ['', ''] }),
        ],
        outputs: [onnx.value('a', 1)],
      }),
    );
    expect((await fingerprintOf(cyclic)).graph).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('a chain of 50 000 nodes does not overflow the stack', async () => {
    const nodes = Array.from({ length: 50_000 }, (_, at) =>
      onnx.node({ op: 'Neg', inputs: [`v${at}`], outputs: [`v${at + 1}`] }),
    );
    const bytes = onnx.model(onnx.graph({ nodes, inputs: [onnx.value('v0', 1)], outputs: [onnx.value('v50000', 1)] }));
    expect((await fingerprintOf(bytes)).graph).toMatch(/^sha256:/);
  });
});

describe('variants that Python made of one model', () => {
  interface Provenance {
    readonly models: Readonly<Record<string, { readonly how: string; readonly differsFromBase?: readonly string[] }>>;
  }
  const folder = join(FIXTURES, 'digest');
  const { models } = JSON.parse(readFileSync(join(folder, 'provenance.json'), 'utf8')) as Provenance;
  const variants = Object.entries(models).flatMap(([name, { how, differsFromBase }]) =>
    differsFromBase === undefined ? [] : [{ name, how, differsFromBase }],
  );
  const identified = async (name: string) => (await identifyModel(`${name}/model.onnx`, realFiles(folder))).fingerprint;

  it.each(variants)('$how: $differsFromBase', async ({ name, differsFromBase }) => {
    const [base, other] = [await identified('base'), await identified(name)];
    const differing = (Object.keys(base) as (keyof Fingerprint)[]).filter((key) => base[key] !== other[key]);
    expect(differing.sort()).toEqual([...differsFromBase].sort());
  });
});

describe('every element type', () => {
  const same = async (type: number, dims: readonly number[], raw: Uint8Array, typed: readonly Uint8Array[]) => {
    const of = (fields: readonly Uint8Array[]) =>
      fingerprintOf(onnx.model(onnx.graph({ initializers: [onnx.tensor({ name: 't', type, dims, fields })] })));
    const [first, second] = [await of([onnx.field(9, raw)]), await of(typed)];
    expect(second.weights).toBe(first.weights);
    expect(second.model).not.toBe(first.model);
  };

  it('has the same weights raw and typed', async () => {
    await same(2, [3], Uint8Array.of(1, 200, 255), [onnx.packed(5, [1, 200, 255])]);
    await same(3, [2], Uint8Array.of(0xff, 0x80), [onnx.packed(5, [-1, -128])]);
    await same(5, [2], Uint8Array.of(0xfe, 0xff, 1, 0), [onnx.int(5, -2), onnx.int(5, 1)]);
    await same(6, [2], Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0), [onnx.packed(5, [-1, 1])]);
    await same(7, [2], onnx.int64s([-(2n ** 60n), 3n]), [onnx.packed(7, [-(2n ** 60n), 3n])]);
    await same(9, [2], Uint8Array.of(1, 0), [onnx.packed(5, [1, 0])]);
    await same(10, [2], Uint8Array.of(0, 0x3c, 0, 0xbc), [onnx.packed(5, [0x3c00, 0xbc00])]);
    await same(11, [1], new Uint8Array(Float64Array.of(0.1).buffer), [
      onnx.field(10, new Uint8Array(Float64Array.of(0.1).buffer)),
    ]);
    await same(12, [1], Uint8Array.of(0xff, 0xff, 0xff, 0xff), [onnx.packed(11, [0xffffffff])]);
    await same(13, [1], new Uint8Array(8).fill(0xff), [onnx.packed(11, [2n ** 64n - 1n])]);
    await same(1, [2], onnx.floats([1.5, -2]), [onnx.float(4, 1.5), onnx.float(4, -2)]);
    await same(21, [3], Uint8Array.of(0x21, 0x03), [onnx.packed(5, [0x21, 0x03])]);
    await same(21, [16], Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), [onnx.packed(5, [0x04030201, 0x08070605])]);
  });

  it('refuses bytes that do not fit the dimensions', async () => {
    const short = variant({ weight: onnx.rawFloats('w', [2, 2], [1, 2, 3]) });
    await expect(fingerprintOf(short)).rejects.toThrow(/tensor "w" holds 12 bytes, its dimensions need 16/);
    const weight = onnx.externalTensor('w', 1, [2, 2], { location: 'w.bin', offset: 4 });
    await expect(fingerprintOf(variant({ weight }), { 'w.bin': onnx.floats(W) })).rejects.toThrow(
      /in w.bin holds 12 bytes/,
    );
  });

  it('refuses an offset that is no position in any file', async () => {
    const place = { location: 'w.bin', offset: '9999999999999999999' as unknown as number };
    const weight = onnx.externalTensor('w', 1, [2, 2], place);
    await expect(fingerprintOf(variant({ weight }), { 'w.bin': onnx.floats(W) })).rejects.toThrow(
      /in w.bin holds 0 bytes/,
    );
  });

  it('never opens data outside the folder', async () => {
    const weight = onnx.externalTensor('w', 1, [2, 2], { location: '../w.bin' });
    await expect(fingerprintOf(variant({ weight }))).rejects.toThrow(/lies outside the folder/);
  });
});

describe('graphs inside graphs', () => {
  const nested = (names: { a: string; c: string; inner: string }, swap = false) => {
    const branch = (value: string, op: string) =>
      onnx.field(
        6,
        onnx.graph({
          nodes: [onnx.node({ op, inputs: [value, `k${names.inner}`], outputs: [names.inner] })],
          initializers: [onnx.rawFloats(`k${names.inner}`, [1], [7])],
          outputs: [onnx.value(names.inner, 1)],
        }),
      );
    const attributes = [
      onnx.attribute('then_branch', 5, branch(swap ? names.c : names.a, 'Add')),
      onnx.attribute('else_branch', 5, branch(swap ? names.a : names.c, 'Add')),
    ];
    return onnx.model(
      onnx.graph({
        nodes: [
          onnx.node({ op: 'Neg', inputs: ['x'], outputs: [names.a] }),
          onnx.node({ op: 'Abs', inputs: ['x'], outputs: [names.c] }),
          onnx.node({ op: 'If', inputs: ['flag'], outputs: ['y'], attributes }),
        ],
        inputs: [onnx.value('x', 1), onnx.value('flag', 9)],
        outputs: [onnx.value('y', 1)],
      }),
    );
  };

  it('keep the graph digest when names change, not when they capture something else', async () => {
    const first = await fingerprintOf(nested({ a: 'a', c: 'c', inner: 'i' }));
    expect((await fingerprintOf(nested({ a: 'p', c: 'q', inner: 'j' }))).graph).toBe(first.graph);
    expect((await fingerprintOf(nested({ a: 'a', c: 'c', inner: 'i' }, true))).graph).not.toBe(first.graph);
  });
});

describe('fixtures', () => {
  it.each(fixtureModels('cases.json'))(
    '$name has four digests that do not depend on where it lies',
    async ({ dir, path }) => {
      const { fingerprint, files } = await identifyModel('model.onnx', realFiles(dir));
      for (const digest of Object.values(fingerprint)) expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(files[0]?.bytes).toBe(readFileSync(path).length);
      expect((await identifyModel(path, realFiles('/'))).fingerprint).toEqual(fingerprint);
    },
  );
});

describe('any damage', () => {
  it('ends in digests or in an MlserveError', () => {
    const names = ['digest/base', 'protocol/subgraphs', 'protocol/functions', 'protocol/sparse-weights', 'real/mixed'];
    const originals = names.map((name) => readFileSync(join(FIXTURES, name, 'model.onnx')));
    const edits = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...originals), edits, (original, changed) => {
        const bytes = Uint8Array.from(original);
        for (const [at, byte] of changed) bytes[at % bytes.length] = byte;
        const model = bytesSource(bytes);
        try {
          const structure = readModel(model);
          const from = { model, external: () => bytesSource(new Uint8Array(64)) };
          fingerprint({ structure, from, modelHex: sha256(bytes), dataHex: new Map() });
          removeZipMap(structure, model);
          summarize(structure, model, RUNTIME_LIMITS);
        } catch (error) {
          if (!(error instanceof MlserveError)) throw error;
        }
      }),
      { numRuns: 1500 },
    );
  });
});

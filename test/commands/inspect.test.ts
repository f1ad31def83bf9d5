/** `mlserve inspect` on real files: what it says, what it leaves unread, and what it makes of models that lie. */
import { linkSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspect, renderInspect } from '../../src/commands/inspect.ts';
import { sizeText, textTable } from '../../src/commands/text-table.ts';
import { realFiles } from '../../src/io/files.ts';
import { countText } from '../../src/plural.ts';
import type { Io } from '../../src/ports.ts';
import { FIXTURES, fixtureModels } from '../support/fixture-models.ts';
import * as onnx from '../support/onnx-writer.ts';

const io = (cwd: string): Io => ({ cwd, files: realFiles(cwd) }) as Io;
const fixture = (name: string, digests = true) => inspect({ model: `${name}/model.onnx`, digests }, io(FIXTURES));

interface PythonSays {
  readonly initializers: readonly { readonly dims: readonly number[]; readonly bytes: number }[];
  readonly operators: Readonly<Record<string, number>>;
  readonly subgraphCount: number;
  readonly functionCount: number;
}

describe('the result of inspect', () => {
  const pythonOf = (dir: string): PythonSays => JSON.parse(readFileSync(join(dir, 'onnx.json'), 'utf8')) as PythonSays;
  const models = fixtureModels('onnx.json').filter(({ name }) => !name.startsWith('hostile/'));

  it.each(models)('adds up the weights and operators of $name as Python does', async ({ name, dir }) => {
    const python = pythonOf(dir);
    const result = await fixture(name, false);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(result.nodes).toBe(sum(Object.values(python.operators)));
    expect(result.subgraphs).toBe(python.subgraphCount);
    expect(result.functions).toHaveLength(python.functionCount);
    // Python lists the dense initializers of the main graph; we count the nested and the sparse ones too.
    if (python.subgraphCount > 0 || name === 'protocol/sparse-weights') return;
    expect(Number(result.weights.bytes)).toBe(sum(python.initializers.map(({ bytes }) => bytes)));
    const elements = python.initializers.map(({ dims }) => dims.reduce((product, dim) => product * dim, 1));
    expect(Number(result.weights.elements)).toBe(sum(elements));
  });

  it('has digests, or none and unread weights', async () => {
    expect((await fixture('protocol/external-data')).digests?.model).toMatch(/^sha256:/);
    expect(await fixture('protocol/external-data', false)).toMatchObject({ digests: undefined, files: [], issues: [] });
  });

  it.each([
    ['missing', /does not exist/],
    ['outside', /outside the folder/],
    ['symlink', /symbolic link/],
    ['hard-link', /hard link/],
  ])('shows a model whose data is %s, and says why there are no digests', async (kind, why) => {
    const dir = mkdtempSync(join(tmpdir(), 'mlserve-inspect-'));
    writeFileSync(join(dir, 'other.bin'), onnx.floats([1]));
    if (kind === 'symlink') symlinkSync('other.bin', join(dir, 'w.bin'));
    if (kind === 'hard-link') linkSync(join(dir, 'other.bin'), join(dir, 'w.bin'));
    const location = kind === 'outside' ? '../w.bin' : 'w.bin';
    const initializers = [onnx.externalTensor('w', 1, [1], { location })];
    writeFileSync(join(dir, 'm.onnx'), onnx.model(onnx.graph({ initializers, outputs: [onnx.value('w', 1)] })));
    const { digests, issues, signature } = await inspect({ model: 'm.onnx', digests: true }, io(dir));
    expect(digests).toBeUndefined();
    expect(signature.outputs).toHaveLength(1);
    expect(issues).toEqual([
      expect.objectContaining({ rule: 'model.no-digests', severity: 'error', message: expect.stringMatching(why) }),
    ]);
  });

  it('measures operator sets and the IR version against the runtime', async () => {
    const { opsets, ir } = await fixture('hostile/opset-too-new', false);
    expect(opsets).toEqual([
      { domain: 'ai.onnx', version: 27n, supported: { min: 7, max: 26 }, isUsed: true, isSupported: false },
    ]);
    expect(ir).toMatchObject({ max: 13, isSupported: true });
    expect((await fixture('hostile/ir-too-new', false)).ir.isSupported).toBe(false);
  });

  it.each([
    ['protocol/functions', 'a domain of functions that the file defines'],
    ['foreign/silero-vad', 'domains that its exporter imports and no node uses'],
  ])('asks nothing of the runtime for %s: %s', async (name) => {
    const result = await fixture(name, false);
    const foreign = result.opsets.filter(({ supported }) => supported === undefined);
    expect(foreign.length).toBeGreaterThan(0);
    expect(foreign.every(({ isUsed, isSupported }) => !isUsed && isSupported)).toBe(true);
    expect(renderInspect(result)).not.toContain('NOT SUPPORTED');
  });

  it('says that an operator of an unknown domain is not supported', async () => {
    const result = await fixture('hostile/unknown-domain', false);
    expect(result.opsets.filter(({ isSupported }) => !isSupported)).toMatchObject([{ isUsed: true }]);
  });

  it('is an error for what is not a model', async () => {
    await expect(fixture('hostile/not-protobuf')).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });
});

describe('the text of inspect', () => {
  it('shows the signature in columns, and every section there is something in', async () => {
    const text = renderInspect(await fixture('protocol/external-data'));
    expect(text).toContain('inputs\n  X  float32  [batch, 16]\n\noutputs\n  Y  float32  [batch, 4]\n');
    expect(text).toContain('weights\n  float32  4 tensors  172 values  688 B\n');
    expect(text).toContain('data files\n  layer-1.bin  2 tensors  544 B\n  layer-2.bin  2 tensors  144 B\n');
    expect(text).toContain('  2  Gemm\n  1  Relu\n  3 nodes\n');
    expect(text).not.toContain('functions');
  });

  it('lets no name from a file reach the terminal as control characters', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'mlserve-inspect-'));
    const evil = '\u001b]0;owned\u0007\u202e';
    const entry = onnx.message(onnx.field(1, evil), onnx.field(2, evil));
    const body = onnx.graph({
      nodes: [onnx.node({ op: evil, domain: evil, inputs: [evil], outputs: [evil] })],
      inputs: [onnx.value(evil, 1, [evil])],
      outputs: [onnx.value(evil, 1)],
    });
    writeFileSync(
      join(dir, 'm.onnx'),
      onnx.model(body, onnx.field(2, evil), onnx.field(6, evil), onnx.field(14, entry)),
    );
    const text = renderInspect(await inspect({ model: 'm.onnx', digests: true }, io(dir)));
    expect(text).toContain('owned');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it('aligns any number of rows', () => {
    const rows = Array.from({ length: 300_000 }, (_, at) => [`key${at}`, 'value']);
    expect(textTable(rows)[299_999]).toBe('key299999  value');
  });

  it('writes sizes and counts as people read them', () => {
    expect([0, 999, 1000, 999_949, 999_950, 1_500_000_000].map(sizeText)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '999.9 kB',
      '1.0 MB',
      '1.5 GB',
    ]);
    expect([7, 1000, 1_234_567].map(countText)).toEqual(['7', '1 000', '1 234 567']);
    expect(
      textTable(
        [
          ['a', '1'],
          ['bb', '10', 'x'],
        ],
        [1],
      ),
    ).toEqual(['a    1', 'bb  10  x']);
  });
});

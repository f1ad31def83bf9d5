/** `removeZipMap` on what skl2onnx writes: the new file gives Python's probabilities in the real runtime, and nothing else changed. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { fixZipMap, renderFixZipMap } from '../../src/commands/fix-zipmap.ts';
import { realFiles } from '../../src/io/files.ts';
import { memorySource } from '../../src/model/memory-source.ts';
import { readModel } from '../../src/model/read-model.ts';
import { removeZipMap } from '../../src/model/zipmap.ts';
import type { Io } from '../../src/ports.ts';
import { bytesSource } from '../support/bytes-source.ts';
import { FIXTURES, fixtureModels } from '../support/fixture-models.ts';
import * as onnx from '../support/onnx-writer.ts';

interface ZipMapCases {
  readonly inputs: Readonly<Record<string, { type: string; dims: number[]; data: (number | string)[] }>>;
  readonly outputs: { readonly output_label: { readonly data: readonly (number | string)[] } };
  readonly classes: readonly (number | string)[];
  readonly probabilities: readonly (readonly number[])[];
}

const freed = (bytes: Uint8Array) => {
  const source = bytesSource(bytes);
  return removeZipMap(readModel(source), source);
};

describe('removing ZipMap', () => {
  const withZipMap = fixtureModels().filter(({ name }) => name.startsWith('real/') && name.endsWith('-zipmap'));

  it.each(withZipMap)('from $name leaves a model that gives the probabilities of Python', async ({ dir, path }) => {
    const cases = JSON.parse(readFileSync(join(dir, 'cases.json'), 'utf8')) as ZipMapCases;
    const removal = freed(readFileSync(path))!;
    expect(removal.outputs).toEqual([
      { from: 'probabilities', renamedFrom: 'output_probability', labels: cases.classes.map(String) },
    ]);
    const session = await InferenceSession.create(removal.bytes);
    const feeds = Object.entries(cases.inputs).map(([name, { type, dims, data }]) => {
      const values = type === 'float32' ? Float32Array.from(data.map(Number)) : data;
      return [name, new Tensor(type as 'float32', values as Float32Array, dims)] as const;
    });
    const { probabilities, output_label: label } = await session.run(Object.fromEntries(feeds));
    expect(probabilities?.dims).toEqual([cases.probabilities.length, cases.classes.length]);
    cases.probabilities.flat().forEach((expected, at) => {
      expect(Math.abs(Number(probabilities?.data[at]) - expected)).toBeLessThanOrEqual(Math.max(1e-5 * expected, 1e-7));
    });
    expect(Array.from(label!.data as Iterable<unknown>, String)).toEqual(cases.outputs.output_label.data.map(String));
    await session.release();
  });

  it('declares [rows, classes] and keeps the rest of the structure', () => {
    const bytes = readFileSync(join(FIXTURES, 'real/iris-zipmap/model.onnx'));
    const before = readModel(memorySource(bytes));
    const after = readModel(memorySource(freed(bytes)!.bytes));
    expect(after.signature.outputs).toEqual([
      before.signature.outputs[0],
      { kind: 'tensor', name: 'probabilities', elementType: 'float32', shape: [null, 3] },
    ]);
    const operators = (model: typeof before) => model.graph.nodes.map(({ opType }) => opType);
    expect(operators(after)).toEqual(operators(before).filter((each) => each !== 'ZipMap'));
    expect({ ...after, bytes: 0, graph: 0, signature: 0 }).toEqual({ ...before, bytes: 0, graph: 0, signature: 0 });
  });

  const zipMap = (input: string, output: string) =>
    onnx.node({
      op: 'ZipMap',
      domain: 'ai.onnx.ml',
      inputs: [input],
      outputs: [output],
      attributes: [onnx.attribute('classlabels_strings', 8, onnx.field(9, 'a'), onnx.field(9, 'é'))],
    });
  const classifier = onnx.node({ op: 'LinearClassifier', domain: 'ai.onnx.ml', inputs: ['x'], outputs: ['l', 'p'] });
  const inputs = [onnx.value('x', 1, ['rows', 2])];

  it('keeps every byte outside the node and the output, unknown fields too', () => {
    const later = onnx.field(99, 'a field of a later day');
    const nodes = [classifier, zipMap('p', 'z')];
    const whole = onnx.model(onnx.graph({ nodes, inputs, outputs: [onnx.value('z', 1), onnx.value('l', 8)] }), later);
    const bare = onnx.model(
      onnx.graph({ nodes: [classifier], inputs, outputs: [onnx.value('p', 1, ['rows', 2]), onnx.value('l', 8)] }),
      later,
    );
    expect(Buffer.from(freed(whole)!.bytes)).toEqual(Buffer.from(bare));
  });

  it('drops the maps when the scores are an output already, and frees several at once', () => {
    const nodes = [
      classifier,
      zipMap('p', 'z'),
      onnx.node({ op: 'Neg', inputs: ['p'], outputs: ['q'] }),
      zipMap('q', 'y'),
    ];
    const outputs = ['p', 'z', 'y'].map((name) => onnx.value(name, 1));
    const { bytes, outputs: list } = freed(onnx.model(onnx.graph({ nodes, inputs, outputs })))!;
    expect(readModel(memorySource(bytes)).signature.outputs.map(({ name }) => name)).toEqual(['p', 'q']);
    expect(list.map(({ from, renamedFrom }) => [from, renamedFrom])).toEqual([
      ['p', 'z'],
      ['q', 'y'],
    ]);
    expect(list[0]?.labels).toEqual(['a', 'é']);
  });

  it('leaves alone a ZipMap without labels, as classifiers of several targets have', () => {
    const bare = onnx.node({ op: 'ZipMap', domain: 'ai.onnx.ml', inputs: ['p'], outputs: ['z'] });
    expect(freed(onnx.model(onnx.graph({ nodes: [classifier, bare], inputs, outputs: [onnx.value('z', 1)] })))).toBe(
      undefined,
    );
  });

  it('leaves alone a model without one, and maps that another node reads', () => {
    expect(freed(readFileSync(join(FIXTURES, 'real/iris/model.onnx')))).toBeUndefined();
    const reader = onnx.node({ op: 'SequenceLength', inputs: ['z'], outputs: ['n'] });
    const nodes = [classifier, zipMap('p', 'z'), reader];
    expect(freed(onnx.model(onnx.graph({ nodes, inputs, outputs: [onnx.value('z', 1)] })))).toBeUndefined();
  });
});

describe('mlserve fix zipmap', () => {
  const folder = () => {
    const dir = mkdtempSync(join(tmpdir(), 'mlserve-zipmap-'));
    writeFileSync(join(dir, 'iris.onnx'), readFileSync(join(FIXTURES, 'real/iris-zipmap/model.onnx')));
    return { dir, io: { cwd: dir, files: realFiles(dir) } as Io };
  };

  it('writes a new file beside the old one and prints the lines for mlserve.yaml', async () => {
    const { dir, io } = folder();
    const result = await fixZipMap({ model: 'iris.onnx', force: false }, io);
    expect(readdirSync(dir)).toEqual(['iris.fixed.onnx', 'iris.onnx']);
    expect(result.outputs.map(({ kind }) => kind)).toEqual(['tensor', 'tensor']);
    expect(renderFixZipMap(result)).toContain('- {name: probabilities, from: probabilities, labels: ["0", "1", "2"]}');
  });

  it('prints names of the model on one line each and without control characters', () => {
    const from = 'p\u001b[31m\u009b\u202e\nerror: forged';
    const freed = [{ from, renamedFrom: from, labels: [from] }];
    const text = renderFixZipMap({ model: 'm', written: 'w', bytes: 1, freed, outputs: [] });
    expect(text.split('\n')[1]).toContain('p\\u001b[31m\\u009b\\u202e\\u000aerror: forged is now p');
    expect(text.split('\n').filter((line) => line.startsWith('error'))).toEqual([]);
    expect(text).not.toContain('\u001b');
  });

  it('does not overwrite without --force, and writes nothing when there is nothing to fix', async () => {
    const { dir, io } = folder();
    const again = { model: 'iris.onnx', output: 'iris.onnx', force: false };
    await expect(fixZipMap(again, io)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    await fixZipMap({ ...again, force: true }, io);
    await expect(fixZipMap({ model: 'iris.onnx', force: false }, io)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    expect(readdirSync(dir)).toEqual(['iris.onnx']);
  });
});

/** The reader against what Python's onnx says of every fixture, and against bytes that are not models. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidModel } from '../../src/model/invalid-model.ts';
import { attributeOf } from '../../src/model/read-attribute.ts';
import { readModel, readModelOrIssue } from '../../src/model/read-model.ts';
import type { ByteSource, ModelStructure, TensorRecord } from '../../src/model/structure.ts';
import { tensorBytes } from '../../src/model/tensor-size.ts';
import { contentsOf, externalLocations, operatorCounts } from '../../src/model/walk.ts';
import { bytesSource } from '../support/bytes-source.ts';
import { fixtureModels } from '../support/fixture-models.ts';
import * as onnx from '../support/onnx-writer.ts';

/** Our structure in the words of `onnx.json` (fixtures/make/describe.py). */
function described(structure: ModelStructure, source: ByteSource): unknown {
  const contents = contentsOf(structure);
  const initializer = (tensor: TensorRecord) => ({
    name: tensor.name,
    dataType: tensor.dataType,
    dims: tensor.dims.map(Number),
    bytes: Number(tensorBytes(tensor, source)),
  });
  const { signature } = structure;
  return {
    irVersion: Number(structure.irVersion),
    opsetImports: structure.opsetImports.map(({ domain, version }) => ({ domain, version: Number(version) })),
    producerName: structure.producerName,
    producerVersion: structure.producerVersion,
    domain: structure.domain,
    modelVersion: Number(structure.modelVersion),
    docString: structure.docString,
    metadata: structure.metadata,
    inputs: signature.inputs,
    defaultedInputs: signature.defaultedInputs,
    outputs: signature.outputs,
    initializers: structure.graph.initializers.filter((tensor) => !tensor.sparse).map(initializer),
    operators: Object.fromEntries(operatorCounts(contents)),
    functionCount: structure.functions.length,
    subgraphCount: contents.subgraphs.length,
    externalData: externalLocations(contents),
  };
}

interface Described {
  readonly initializers: readonly { readonly dims: readonly number[]; bytes: number }[];
}

/** One has no graph: Python reads an empty one, for us it is the finding. */
const pythonSaid = fixtureModels('onnx.json').filter(({ name }) => name !== 'hostile/no-graph');
const reasonOf = (bytes: Uint8Array): string => {
  try {
    readModel(bytesSource(bytes));
    return 'a model';
  } catch (error) {
    if (error instanceof InvalidModel) return error.reason;
    throw error;
  }
};

describe('reading a fixture', () => {
  it('has fixtures to read', () => expect(pythonSaid.length).toBeGreaterThan(20));

  it.each(pythonSaid)('says of $name what Python onnx says', ({ dir, path }) => {
    const source = bytesSource(readFileSync(path));
    const expected = JSON.parse(readFileSync(join(dir, 'onnx.json'), 'utf8')) as Described;
    // A tensor that no machine could hold has no size here; Python multiplies its dimensions.
    for (const each of expected.initializers) {
      if (each.dims.some((dim) => dim < 0) || each.bytes > 2 ** 60) each.bytes = Number.NaN;
    }
    expect(described(readModel(source), source)).toEqual(expected);
  });
});

const floatInput = onnx.value('x', 1, ['N', 2]);
const small = onnx.model(
  onnx.graph({
    nodes: [onnx.node({ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] })],
    initializers: [onnx.rawFloats('w', [2], [1, 2])],
    inputs: [floatInput],
    outputs: [onnx.value('y', 1, ['N', 2])],
  }),
);

/** The hostile files that no parser takes; the others are models that break a rule. */
const UNREADABLE: Readonly<Record<string, string>> = {
  'hostile/deep-nesting': 'too-deep',
  'hostile/deep-nesting-extreme': 'too-deep',
  'hostile/deep-type': 'too-deep',
  'hostile/empty': 'empty',
  'hostile/endless-varint': 'not-onnx',
  'hostile/git-lfs-pointer': 'not-onnx',
  'hostile/length-past-end': 'damaged',
  'hostile/no-graph': 'no-graph',
  'hostile/not-protobuf': 'not-onnx',
  'hostile/truncated': 'truncated',
  'hostile/truncated-header': 'truncated',
};

describe('reading hostile files', () => {
  it.each(fixtureModels())('tells what $name is', ({ name, path }) => {
    expect(reasonOf(readFileSync(path))).toBe(UNREADABLE[name] ?? 'a model');
  });
});

describe('reading what is not a model', () => {
  it.each([
    ['no bytes', '', 'empty'],
    ['text', 'hello, this is not a model\n', 'not-onnx'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\n', 'not-onnx'],
    ['a web page', '<!DOCTYPE html><html></html>', 'not-onnx'],
    ['a ZIP archive', 'PK\x03\x04archive', 'not-onnx'],
    ['a field of a later day and nothing else', Buffer.from(onnx.int(99, 1)).toString('latin1'), 'not-onnx'],
    ['an IR version and nothing else', Buffer.from(onnx.int(1, 8)).toString('latin1'), 'no-graph'],
  ])('tells %s', (_, text, reason) => {
    expect(reasonOf(Buffer.from(text, 'latin1'))).toBe(reason);
  });

  it('tells a truncated file, wherever it was cut', () => {
    const cut = (length: number): string => reasonOf(small.subarray(0, length));
    // The file is: IR version (2 bytes), graph, two imports; cut after the graph it is a model without imports.
    const graphEnd = small.length - 2 * 4 - 'ai.onnx.ml'.length - 2;
    for (let length = 3; length < graphEnd - 4; length++) expect(cut(length), `${length} bytes`).toBe('truncated');
    expect(cut(2)).toBe('no-graph');
  });

  it('names the byte and what to do, as an error and as a finding', () => {
    const finding = readModelOrIssue(bytesSource(small.subarray(0, 40)), 'm.onnx');
    expect(finding).toMatchObject({ rule: 'MSV001', severity: 'error', where: 'm.onnx' });
    expect(finding).toHaveProperty('message', expect.stringMatching(/ends at byte 40.*byte \d+/));
    expect(finding).toHaveProperty('hint', expect.stringContaining('fetch the file again'));
  });

  it('refuses a length that leaves the message around it', () => {
    const inner = onnx.field(1, 'x');
    inner[1] = 100;
    expect(reasonOf(onnx.message(onnx.int(1, 8), onnx.field(7, inner), onnx.field(6, 'y'.repeat(200))))).toBe(
      'damaged',
    );
  });

  it('refuses an integer of eleven bytes and wire types that do not exist', () => {
    expect(reasonOf(Uint8Array.of(8, ...new Array(10).fill(0xff), 1))).toBe('not-onnx');
    expect(reasonOf(onnx.message(onnx.int(1, 8), Uint8Array.of(7 * 8 + 3)))).toBe('damaged');
  });

  it.each([20, 64, 200, 1000])('survives %i graphs in one another', (depth) => {
    let body = onnx.graph({});
    for (let level = 1; level < depth; level++) {
      const branch = onnx.attribute('then_branch', 5, onnx.field(6, body));
      body = onnx.graph({ nodes: [onnx.node({ op: 'If', attributes: [branch] })] });
    }
    expect(reasonOf(onnx.model(body))).toBe(depth <= 64 ? 'a model' : 'too-deep');
  });

  it('survives types in one another', () => {
    let type: Uint8Array = onnx.field(1, onnx.int(1, 1));
    for (let level = 0; level < 1000; level++) type = onnx.field(4, onnx.field(1, type));
    const odd = onnx.message(onnx.field(1, 'x'), onnx.field(2, type));
    expect(reasonOf(onnx.model(onnx.graph({ inputs: [odd] })))).toBe('too-deep');
  });
});

describe('reading details', () => {
  const readSmall = (body: Uint8Array) => readModel(bytesSource(onnx.model(body)));

  it('keeps 64-bit dimensions, negative ones too', () => {
    const dims = [2n ** 62n + 1n, -5n];
    const { graph } = readSmall(onnx.graph({ initializers: [onnx.tensor({ name: 't', type: 1, dims, fields: [] })] }));
    expect(graph.initializers[0]?.dims).toEqual(dims);
  });

  it('reads dimensions that are not packed and counts typed values that are and that are not', () => {
    const loose = onnx.message(
      onnx.int(1, 2),
      onnx.int(1, 3),
      onnx.int(2, 7),
      onnx.int(7, 300),
      onnx.packed(7, [1, 70_000, 3]),
    );
    const { graph } = readSmall(onnx.graph({ initializers: [loose] }));
    expect(graph.initializers[0]).toMatchObject({ dims: [2n, 3n], typed: new Map([[7, 4]]) });
  });

  it('treats an initializer of an input as its default from IR 4 on, as a constant before', () => {
    const body = onnx.graph({ inputs: [floatInput], initializers: [onnx.rawFloats('x', [1, 2], [0, 0])] });
    const at = (ir: number) => readModel(bytesSource(onnx.message(onnx.int(1, ir), onnx.field(7, body)))).signature;
    expect(at(4).defaultedInputs.map(({ name }) => name)).toEqual(['x']);
    expect(at(3)).toMatchObject({ inputs: [], defaultedInputs: [] });
  });

  it('keeps what is wrong with external data for the rules', () => {
    const entry = (key: string, text: string) => onnx.field(13, onnx.message(onnx.field(1, key), onnx.field(2, text)));
    const fields = [
      entry('location', 'a.bin'),
      entry('offset', '-4'),
      entry('length', '8'),
      entry('shell', 'x'),
      onnx.int(14, 1),
    ];
    const { graph } = readSmall(onnx.graph({ initializers: [onnx.tensor({ type: 1, dims: [2], fields })] }));
    expect(graph.initializers[0]?.external).toEqual({
      location: 'a.bin',
      offset: undefined,
      length: 8n,
      invalid: ['offset=-4'],
      unknownKeys: ['shell'],
    });
  });

  it('decodes attributes on demand', () => {
    const attributes = [
      onnx.attribute('axis', 2, onnx.int(3, -1)),
      onnx.attribute('names', 8, onnx.field(9, 'a'), onnx.field(9, 'é')),
      onnx.attribute('many', 7, onnx.field(8, new Uint8Array(2 ** 22 + 1))),
      onnx.attribute('ids', 7, onnx.packed(8, [2n ** 60n, -1]), onnx.int(8, 5)),
    ];
    const source = bytesSource(onnx.model(onnx.graph({ nodes: [onnx.node({ op: 'X', attributes })] })));
    const node = readModel(source).graph.nodes[0]!;
    const get = (name: string) => attributeOf(node, name, source);
    expect(get('axis')?.i).toBe(-1n);
    expect(get('names')?.strings.map((bytes) => Buffer.from(bytes).toString())).toEqual(['a', 'é']);
    expect(get('ids')?.ints).toEqual([2n ** 60n, -1n, 5n]);
    expect(get('many')).toBeUndefined();
    expect(get('none')).toBeUndefined();
  });

  it('steps over payloads: reading a 1 GB tensor touches a few kilobytes', () => {
    const gigabyte = 1_000_000_000;
    const head = onnx.message(onnx.packed(1, [gigabyte / 4]), onnx.int(2, 1), onnx.field(8, 'w'));
    const tensorHead = onnx.message(head, onnx.varint(9 * 8 + 2), onnx.varint(gigabyte));
    const graphHead = onnx.message(onnx.varint(5 * 8 + 2), onnx.varint(tensorHead.length + gigabyte), tensorHead);
    const start = onnx.message(
      onnx.int(1, 8),
      onnx.varint(7 * 8 + 2),
      onnx.varint(graphHead.length + gigabyte),
      graphHead,
    );
    let touched = 0;
    const source: ByteSource = {
      size: start.length + gigabyte,
      read(offset, length) {
        const bytes = new Uint8Array(Math.min(length, start.length + gigabyte - offset));
        bytes.set(start.subarray(offset, offset + length));
        touched += bytes.length;
        return bytes;
      },
    };
    expect(readModel(source).graph.initializers[0]?.raw).toEqual({ start: start.length, end: start.length + gigabyte });
    expect(touched).toBeLessThan(10_000);
  });
});

describe('any bytes at all', () => {
  const survives = (bytes: Uint8Array): void => {
    try {
      const source = bytesSource(bytes);
      const structure = readModel(source);
      described(structure, source);
      const contents = contentsOf(structure);
      for (const node of contents.nodes) for (const { name } of node.attributes) attributeOf(node, name, source);
    } catch (error) {
      if (!(error instanceof InvalidModel)) throw error;
    }
  };

  it('are a model or an InvalidModel', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), survives), { numRuns: 2000 });
  });

  it('are so after damage to a real model', () => {
    const originals = fixtureModels()
      .map(({ path }) => readFileSync(path))
      .filter((bytes) => bytes.length < 20_000);
    const damaged = fc
      .tuple(
        fc.constantFrom(...originals),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 }),
        fc.option(fc.nat()),
      )
      .map(([original, edits, cut]) => {
        const bytes = Uint8Array.from(original);
        for (const [at, byte] of edits) bytes[at % Math.min(bytes.length, 2000)] = byte;
        return cut === null ? bytes : bytes.subarray(0, cut % bytes.length);
      });
    fc.assert(fc.property(damaged, survives), { numRuns: 2000 });
  });
});

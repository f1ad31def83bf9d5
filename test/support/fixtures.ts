/** The fixture models: their paths, what Python computed for them (`cases.json`), and copies that hold links git cannot keep. */
import { readdirSync, readFileSync } from 'node:fs';
import { cp, link, mkdir, readdir, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ServableType } from '../../src/model/element-type.ts';
import { allocate, type Tensor, type TensorData, type Tensors } from '../../src/model/tensor.ts';
import type { CaseTensor, Cell } from './cases.ts';
import { tempFolder } from './temp.ts';

const ROOT = resolve(import.meta.dirname, '../../fixtures/models');

export type FixtureGroup = 'real' | 'protocol' | 'digest' | 'change' | 'hostile' | 'foreign';

/** A link that `materialise` makes; both paths are relative to the model's folder. */
interface FixtureLink {
  readonly kind: 'hard' | 'symbolic';
  readonly path: string;
  readonly target: string;
}

/** One model in `provenance.json`. */
export interface FixtureEntry {
  readonly how: string;
  /** sha256 in hexadecimal by path inside the model's folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly expectedRules?: readonly string[];
  readonly links?: readonly FixtureLink[];
}

/** `cases.json`: one request, its answer by onnxruntime in Python, and the estimator's own answer where there is one. */
export interface FixtureCases {
  readonly inputs: Tensors;
  readonly outputs: Tensors;
  readonly classes?: readonly (number | string)[];
  readonly labels?: readonly (number | string)[];
  readonly probabilities?: readonly (readonly number[])[];
  readonly predictions?: readonly number[];
  /** How numpy and scipy see the predictions for the same rows move from those of another model to these. */
  readonly movedFromOld?: {
    readonly rows: number;
    readonly otherLabels: number;
    readonly maxDifference: number;
    readonly meanDifference: number;
    readonly rankCorrelation: number;
    /** From 1: rows with another label, those first whose scores differ most. */
    readonly worstRows: readonly number[];
  };
}

/** The model file of `group/name`. */
export function fixturePath(name: string): string {
  return join(ROOT, name, 'model.onnx');
}

/** What `provenance.json` says of the models of a group, by name. */
export function readProvenance(group: FixtureGroup): Readonly<Record<string, FixtureEntry>> {
  return (readJson(join(ROOT, group, 'provenance.json')) as { models: Record<string, FixtureEntry> }).models;
}

/** Every `group/name`, sorted; those with a `file` of that name only (`cases.json`, `onnx.json`) when one is given. */
export function listFixtures(group: FixtureGroup, file = 'model.onnx'): readonly string[] {
  return readdirSync(join(ROOT, group), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(ROOT, group, entry.name)).includes(file))
    .map((entry) => `${group}/${entry.name}`)
    .sort();
}

/** What Python's onnx says of the file: `onnx.json`, in the words of `src/model`. */
export function readOnnxJson(name: string): unknown {
  return readJson(join(ROOT, name, 'onnx.json'));
}

export function readCases(name: string): FixtureCases {
  const json = readJson(join(ROOT, name, 'cases.json')) as FixtureCases & Record<'inputs' | 'outputs', object>;
  return { ...json, inputs: readTensors(json.inputs), outputs: readTensors(json.outputs) };
}

/** A copy of the fixture's folder in a temp folder, with its links made; the returned folder holds `model.onnx`. */
export async function materialise(name: string, into?: string): Promise<string> {
  const home = into ?? (await tempFolder());
  const folder = join(home, 'model');
  await cp(join(ROOT, name), folder, { recursive: true });
  // What lies in `outside/` belongs beside the model's folder: it is what a model must not reach.
  if ((await readdir(folder)).includes('outside'))
    await cp(join(folder, 'outside'), join(home, 'outside'), { recursive: true });
  const [group, model] = name.split('/') as [FixtureGroup, string];
  for (const { kind, path, target } of readProvenance(group)[model]?.links ?? []) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    if (kind === 'hard') await link(join(folder, target), join(folder, path));
    else await symlink(target, join(folder, path));
  }
  return folder;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function readTensors(json: object): Tensors {
  return new Map(
    Object.entries(json as Record<string, CaseTensor>).map(([name, tensor]) => [name, readTensor(tensor)]),
  );
}

function readTensor({ type, dims, data }: CaseTensor): Tensor {
  const array: TensorData = allocate(type, data.length);
  const target = array as (number | bigint | string)[];
  data.forEach((cell, at) => {
    target[at] = element(cell, type);
  });
  return { type, dims, data: array };
}

function element(cell: Cell, type: ServableType): number | bigint | string {
  if (type === 'string') return String(cell);
  if (type === 'int64' || type === 'uint64') return BigInt(cell ?? 0);
  if (type === 'float16') return halfBits(Number(cell));
  return Number(cell);
}

/** The 16-bit pattern of a number that float16 holds exactly (cases.json holds no others). */
export function halfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(size)) return 0x7e00;
  if (size === Number.POSITIVE_INFINITY) return sign | 0x7c00;
  const exponent = Math.max(Math.floor(Math.log2(size)), -14);
  // Subnormals have biased exponent 0 and no hidden bit; in the others the hidden bit adds 1 to the exponent's field.
  return sign + (((exponent + 14) << 10) + Math.round(size / 2 ** (exponent - 10)));
}

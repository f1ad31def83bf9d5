/** Expected values that Python computed (`cases.json` beside a fixture) → JSON requests, and the comparison with an answer. */
import { expect } from 'vitest';
import { elementTypeFromProtocol, protocolName, type ServableType } from '../../src/model/element-type.ts';

export type Cell = number | string | boolean | null;

export interface CaseTensor {
  readonly type: ServableType;
  readonly dims: readonly number[];
  /** Row-major; 64-bit integers beyond 2^53 and non-finite floats as strings. */
  readonly data: readonly Cell[];
}

export interface Cases {
  readonly inputs: Readonly<Record<string, CaseTensor>>;
  readonly outputs: Readonly<Record<string, CaseTensor>>;
}

const INTEGER = /^(u?int)(8|16|32|64)$/;
/** What the issue promises: 1e-5 relative; the floor is float32's own noise around zero. */
const RELATIVE = 1e-5;
const FLOOR = 1e-7;

/** One element as JSON text: integers digit by digit, non-finite floats as the bare tokens that V2 accepts. */
function cellText(cell: Cell, type: ServableType): string {
  if (type === 'string') return JSON.stringify(cell);
  if (type === 'bool') return String(Boolean(cell));
  return String(cell);
}

/** The body of a V2 inference request. */
export function inferBody(inputs: Cases['inputs']): string {
  const tensors = Object.entries(inputs).map(([name, { type, dims, data }]) => {
    const cells = data.map((cell) => cellText(cell, type)).join(',');
    return `{"name":${JSON.stringify(name)},"shape":${JSON.stringify(dims)},"datatype":"${protocolName(type)}","data":[${cells}]}`;
  });
  return `{"inputs":[${tensors.join(',')}]}`;
}

/** Row-major cells nested to `dims`, as JSON text. */
export function nestedText({ type, dims, data }: CaseTensor): string {
  const level = (depth: number, start: number, size: number): string => {
    if (depth === dims.length) return cellText(data[start] ?? null, type);
    const count = dims[depth] ?? 0;
    const step = count === 0 ? 0 : size / count;
    return `[${Array.from({ length: count }, (_, at) => level(depth + 1, start + at * step, step)).join(',')}]`;
  };
  return level(0, 0, data.length);
}

/** JSON.parse that keeps integers of 16 digits and more as strings of their digits. */
export function parseLossless(text: string): unknown {
  return JSON.parse(text.replace(/(?<=[[,:])-?\d{16,}(?=[,\]}])/g, '"$&"'));
}

/** One answered cell against Python's: exact for strings, booleans and integers, 1e-5 relative for floats, null for non-finite. */
export function expectCell(actual: unknown, expected: Cell, type: ServableType, where: string): void {
  if (type === 'string' || INTEGER.test(type)) {
    expect(String(actual), where).toBe(String(expected));
  } else if (type === 'bool') {
    expect(actual, where).toBe(Boolean(expected));
  } else if (typeof expected === 'string') {
    expect(actual, where).toBeNull();
  } else {
    const wanted = Number(expected);
    expect(typeof actual, where).toBe('number');
    expect(Math.abs(Number(actual) - wanted), `${where}: ${actual} is not ${wanted}`).toBeLessThanOrEqual(
      Math.max(RELATIVE * Math.abs(wanted), FLOOR),
    );
  }
}

export interface AnsweredTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
}

/** A whole V2 output tensor against Python's. */
export function expectTensor(actual: AnsweredTensor | undefined, expected: CaseTensor, where: string): void {
  expect(actual, where).toBeDefined();
  if (actual === undefined) return;
  expect(elementTypeFromProtocol(actual.datatype), where).toBe(expected.type);
  expect(actual.shape, where).toEqual(expected.dims);
  expect(actual.data.length, where).toBe(expected.data.length);
  expected.data.forEach((cell, at) => {
    expectCell(actual.data[at], cell, expected.type, `${where}[${at}]`);
  });
}

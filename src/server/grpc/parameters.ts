/** Entries of the `parameters` of a gRPC inference request → the few that mean something here; a 400 for those that ask for what is not served. */
import type { WireReader } from '../../model/protobuf.ts';
import { Refusal } from '../refusal.ts';

export type ParameterValue = boolean | bigint | number | string;

export interface Parameter {
  readonly name: string;
  /** Undefined when none was set. */
  readonly value: ParameterValue | undefined;
}

/** Names that belong to the server. */
const RESERVED = 'triton_';
/** The one of them that clients may send: whether an answer says that it is the last one to its request. */
const FINAL_WANTED = 'triton_enable_empty_final_response';

/** More than any client sends: reading millions would take seconds. */
const MOST_PARAMETERS = 1000;

/** The map entry at the cursor, behind so many others. Nothing is kept of a name that nobody asks for. */
export function readParameter(reader: WireReader, before: number): Parameter {
  if (before >= MOST_PARAMETERS) {
    throw new Refusal(400, `Unable to parse 'parameters': there are more than ${MOST_PARAMETERS}`);
  }
  let name = '';
  let value: ParameterValue | undefined;
  reader.message(() => {
    reader.fields((field) => {
      if (field === 1) name = reader.string();
      else if (field === 2) value = readValue(reader);
    });
  });
  return { name, value };
}

function readValue(reader: WireReader): ParameterValue | undefined {
  let value: ParameterValue | undefined;
  reader.message(() => {
    reader.fields((field) => {
      if (field === 1) value = reader.int64() !== 0n;
      else if (field === 2) value = reader.int64();
      else if (field === 3) value = reader.string();
      else if (field === 4) value = reader.float64();
      else if (field === 5) value = BigInt.asUintN(64, reader.int64());
    });
  });
  return value;
}

export interface RequestParameters {
  /** Milliseconds the request may wait for its run. */
  timeoutMs: number | undefined;
  /** Whether the answer says that it is the last one. */
  isFinalWanted: boolean;
}

export function takeRequestParameter({ name, value }: Parameter, into: RequestParameters): void {
  if (name === FINAL_WANTED) into.isFinalWanted = value === true;
  else if (name.startsWith(RESERVED)) {
    throw new Refusal(
      400,
      `parameter keys starting with '${RESERVED}' are reserved for the server and cannot be specified`,
    );
  } else if (name === 'timeout' && value !== undefined) {
    // Microseconds; 0 is "no limit".
    const micros = wholeNumber(name, value);
    into.timeoutMs = micros === 0 ? undefined : micros / 1000;
  } else refuseSharedMemory(name, 'the request');
}

export function takeInputParameter({ name }: Parameter): void {
  refuseSharedMemory(name, 'an input');
}

/** How many classes are asked for instead of the tensor; undefined when this parameter does not say. */
export function classesIn({ name, value }: Parameter): number | undefined {
  refuseSharedMemory(name, 'an output');
  if (name !== 'classification' || value === undefined) return undefined;
  const classes = wholeNumber(name, value);
  if (classes === 0) throw new Refusal(400, `Unable to parse parameter '${name}': it is not greater than 0`);
  return classes;
}

function refuseSharedMemory(name: string, where: string): void {
  if (name !== 'shared_memory_region') return;
  throw new Refusal(
    400,
    `parameter '${name}' of ${where}: the shared memory extensions are not supported; send the tensor in the message`,
  );
}

function wholeNumber(name: string, value: ParameterValue): number {
  if (typeof value === 'bigint' && value >= 0n) return Number(value);
  throw new Refusal(400, `Unable to parse parameter '${name}': it is not an integer of at least 0`);
}

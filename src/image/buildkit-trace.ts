/** One message of BuildKit's progress (protobuf `moby.buildkit.v1.StatusResponse`) → steps and what they print. */
import { memorySource } from '../model/memory-source.ts';
import { WireReader } from '../model/protobuf.ts';

export interface TraceStep {
  /** The same in every message about one step. */
  readonly id: string;
  /** `[verify 2/5] COPY layers/server/ /`. */
  readonly name: string;
  readonly isCached: boolean;
  /** Milliseconds since the epoch; undefined before. */
  readonly startedMs: number | undefined;
  readonly completedMs: number | undefined;
  /** Empty where there is none. */
  readonly error: string;
}

export interface TraceLog {
  readonly step: string;
  readonly text: string;
}

export interface Trace {
  readonly steps: readonly TraceStep[];
  readonly logs: readonly TraceLog[];
}

/** Throws a ProtobufError for bytes that are no message. */
export function readTrace(bytes: Uint8Array): Trace {
  const reader = new WireReader(memorySource(bytes));
  const steps: TraceStep[] = [];
  const logs: TraceLog[] = [];
  reader.fields((field) => {
    if (field === 1) steps.push(readStep(reader));
    else if (field === 3) logs.push(readLog(reader));
  });
  return { steps, logs };
}

function readStep(reader: WireReader): TraceStep {
  const step = { id: '', name: '', isCached: false, startedMs: undefined, completedMs: undefined, error: '' };
  const found: { -readonly [key in keyof TraceStep]: TraceStep[key] } = step;
  reader.message(() =>
    reader.fields((field) => {
      if (field === 1) found.id = reader.string();
      else if (field === 3) found.name = reader.string();
      else if (field === 4) found.isCached = reader.int32() !== 0;
      else if (field === 5) found.startedMs = readTime(reader);
      else if (field === 6) found.completedMs = readTime(reader);
      else if (field === 7) found.error = reader.string();
    }),
  );
  return found;
}

function readLog(reader: WireReader): TraceLog {
  let step = '';
  let text = '';
  reader.message(() =>
    reader.fields((field) => {
      if (field === 1) step = reader.string();
      else if (field === 4) text = reader.string();
    }),
  );
  return { step, text };
}

function readTime(reader: WireReader): number {
  let ms = 0;
  reader.message(() =>
    reader.fields((field) => {
      if (field === 1) ms += Number(reader.int64()) * 1000;
      else if (field === 2) ms += reader.int32() / 1e6;
    }),
  );
  return ms;
}

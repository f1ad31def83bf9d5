/** A `Runtime` whose runs end when the test says so, and whose workers die on command: for what real models cannot be made to do. */
import type { Tensor, Tensors } from '../../src/model/tensor.ts';
import type { Log, LogFields, Runtime, Session } from '../../src/ports.ts';

export interface FakeSession extends Session {
  readonly place: 'inline' | 'worker';
  isReleased: boolean;
  /** Inputs of every run, warm-up included. */
  readonly runs: Tensors[];
  /** Ends the worker as a crash would: `onDeath`, then the run in flight rejects. */
  die(reason: string): void;
}

export interface FakeRuntime extends Runtime {
  readonly sessions: FakeSession[];
  /** Milliseconds that each run reports. */
  runMs: number;
  /** Milliseconds for each row, beside these. */
  rowMs: number;
  /** While set, runs wait for it. */
  gate: Promise<void> | undefined;
  /** While set, loads reject with it. */
  loadError: string | undefined;
  /** While set, runs reject with it. */
  runError: string | undefined;
  /** Why a run with these inputs fails; undefined when it does not. */
  refuse: (inputs: Tensors) => string | undefined;
  /** Each output from the input of its name. */
  reshape: (tensor: Tensor) => Tensor;
}

/** Every session answers its inputs as its outputs. */
export function fakeRuntime(): FakeRuntime {
  const sessions: FakeSession[] = [];
  const load = async (place: FakeSession['place'], onDeath: (reason: string) => void): Promise<Session> => {
    if (fake.loadError !== undefined) throw new Error(fake.loadError);
    let kill: (error: Error) => void = () => {};
    const death = new Promise<never>((_, reject) => {
      kill = reject;
    });
    death.catch(() => {});
    const session: FakeSession = {
      place,
      isReleased: false,
      runs: [],
      inputNames: ['x'],
      outputNames: ['x'],
      async run(inputs) {
        session.runs.push(inputs);
        await Promise.race([fake.gate, death]);
        if (fake.runError !== undefined) throw new Error(fake.runError);
        const refusal = fake.refuse(inputs);
        if (refusal !== undefined) throw new Error(refusal);
        const outputs = new Map([...inputs].map(([name, tensor]) => [name, fake.reshape(tensor)]));
        const rows = [...inputs.values()][0]?.dims[0] ?? 0;
        return { outputs, runMs: fake.runMs + rows * fake.rowMs };
      },
      async release() {
        session.isReleased = true;
      },
      die(reason) {
        onDeath(reason);
        kill(new Error(reason));
      },
    };
    sessions.push(session);
    return session;
  };
  const fake: FakeRuntime = {
    version: '0.0.0',
    sessions,
    runMs: 1,
    rowMs: 0,
    gate: undefined,
    loadError: undefined,
    runError: undefined,
    refuse: () => undefined,
    reshape: (tensor) => tensor,
    loadInline: () => load('inline', () => {}),
    loadInWorker: (_path, _options, onDeath) => load('worker', onDeath),
  };
  return fake;
}

/** A promise and the function that resolves it. */
export function makeGate(): { readonly gate: Promise<void>; open(): void } {
  let open: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { gate, open };
}

/** A log that keeps its lines. */
export function memoryLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
    };
  const log = { lines, info: write('info'), warn: write('warn'), error: write('error'), child: () => log };
  return log;
}

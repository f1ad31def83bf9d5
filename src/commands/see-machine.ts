/** A machine → what `mlserve doctor` sees of it. Looks, and changes nothing; asks nothing of a network but the container engine that is named. */
import { resolve } from 'node:path';
import type { Found, Snapshot } from '../doctor/snapshot.ts';
import { MlserveError } from '../errors.ts';
import type { ContainerEngine } from '../image/imaging.ts';
import type { Io } from '../ports.ts';

export interface SeenMachine {
  readonly machine: Omit<Snapshot, 'project'>;
  /** Undefined where none answers. */
  readonly engine: ContainerEngine | undefined;
}

export async function seeMachine(folder: string, io: Io): Promise<SeenMachine> {
  const [runtime, engine, cluster, freeBytes] = await Promise.all([
    found(() => io.machine.loadRuntime()),
    found(async () => (await io.imaging()).engine()),
    found(async () => (await io.cluster({})).place),
    io.machine.freeBytes(resolve(io.cwd, folder)),
  ]);
  const machine = {
    now: io.clock.now(),
    ...{ node: io.machine.node, platform: io.machine.platform },
    ...{ runtime, cluster, freeBytes },
    isTelemetryOff: io.machine.isTelemetryOff(),
    engine: 'found' in engine ? { found: engineFacts(engine.found) } : engine,
  };
  return { machine, engine: 'found' in engine ? engine.found : undefined };
}

function engineFacts({ name, api, builder }: ContainerEngine) {
  return { name, api, builder };
}

/** What is there, or why it is not. Anything but an expected error is a bug, and passes through. */
export async function found<T>(look: () => Promise<T>): Promise<Found<T>> {
  try {
    return { found: await look() };
  } catch (error) {
    if (!(error instanceof MlserveError) || error.code === 'INTERNAL') throw error;
    return { problem: { message: error.message, hint: error.hint } };
  }
}

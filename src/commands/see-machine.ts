/** A machine → what `mlserve doctor` sees of it. Looks, and changes nothing; asks nothing of a network but the container engine and the cluster that are named. */
import { resolve } from 'node:path';
import type { Found, Snapshot } from '../doctor/snapshot.ts';
import { MlserveError } from '../errors.ts';
import type { ContainerEngine } from '../image/imaging.ts';
import type { Io } from '../ports.ts';

/** For the cluster: who has none within reach is not to wait for it. */
const ANSWER_MS = 5000;

export interface SeenMachine {
  readonly machine: Omit<Snapshot, 'project'>;
  /** Undefined where none answers. */
  readonly engine: ContainerEngine | undefined;
}

export async function seeMachine(folder: string, io: Io): Promise<SeenMachine> {
  const [runtime, engine, cluster, freeBytes] = await Promise.all([
    found(() => io.machine.loadRuntime()),
    found(async () => (await io.imaging()).engine()),
    found(() => seeCluster(io)),
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

async function seeCluster(io: Pick<Io, 'cluster'>) {
  const cluster = await io.cluster({});
  return { ...cluster.place, version: await found(() => cluster.version(ANSWER_MS)) };
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

/** The settings of a project → what `mlserve doctor` sees of that which they name. Looks, and changes nothing. */
import type { SettingsSnapshot } from '../doctor/snapshot.ts';
import type { ContainerEngine } from '../image/imaging.ts';
import { readReference } from '../image/reference.ts';
import type { Io } from '../ports.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { found } from './see-machine.ts';
import { seeModels } from './see-models.ts';

export async function seeSettings(
  folder: string,
  spec: ServiceSpec,
  engine: ContainerEngine | undefined,
  io: Io,
): Promise<SettingsSnapshot> {
  const { host, port, grpcPort } = spec.server;
  const wanted = [port, grpcPort].filter((each): each is number => typeof each === 'number' && each > 0);
  const base = spec.image.base;
  return {
    models: await seeModels(
      folder,
      spec.models.map(({ path }) => path),
      io.files,
    ),
    base: { name: base, isThere: engine && (await engine.image(base)) !== undefined },
    registry: await seeRegistry(spec.image.repository, io),
    ports: await Promise.all(
      wanted.map(async (each) => {
        const free = await found(() => io.machine.tryPort({ host, port: each }));
        return { port: each, problem: 'problem' in free ? free.problem : undefined };
      }),
    ),
  };
}

async function seeRegistry(repository: string, io: Io): Promise<SettingsSnapshot['registry']> {
  const reference = repository === '' ? undefined : readReference(repository);
  if (reference === undefined) return undefined;
  const { registry: name } = reference;
  const imaging = await io.imaging();
  return { name, isKnown: await found(() => imaging.hasCredentials(name)) };
}

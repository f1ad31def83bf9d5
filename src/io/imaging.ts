/** Environment → the `Imaging` port: everything that making an image asks of the world. Loaded when it is first needed. */
import process from 'node:process';
import type { Imaging } from '../image/imaging.ts';
import { credentialsFrom } from './docker/credentials.ts';
import { findEngine } from './docker/find-engine.ts';
import { guarded } from './file-error.ts';
import { httpRegistry } from './http-registry.ts';
import { imageParts } from './image-parts.ts';
import { gitRevision } from './revision.ts';
import { settle } from './settle.ts';

export function realImaging(env: Readonly<Record<string, string | undefined>>): Imaging {
  const credentials = credentialsFrom(env);
  return {
    platform: `linux/${process.arch}`,
    engine: () => findEngine(env, credentials),
    hasCredentials: async (registry) => (await credentials(registry)) !== undefined,
    registry: httpRegistry(credentials),
    revision: gitRevision,
    parts: imageParts,
    settle: (path) => guarded(path, () => settle(path)),
  };
}

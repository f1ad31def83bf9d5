/** The client of the Docker Engine API, out of the bundle that the build of our package makes of it (docs/decisions/0010). */
import { createRequire } from 'node:module';
import type Dockerode from 'dockerode';

export type { default as Dockerode } from 'dockerode';

export function makeDockerode(options: Dockerode.DockerOptions): Dockerode {
  // `src/io/docker` and `dist/io/docker` lie equally deep.
  const Client = createRequire(import.meta.url)('../../../dist/dockerode.cjs') as new (
    options: Dockerode.DockerOptions,
  ) => Dockerode;
  return new Client(options);
}

/** `mlserve deploy` with a real kubectl against the API server of a test, what pods answer, and runs as text to compare. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ApiServer, ClusterScript } from '../../support/kube/api-server.ts';
import { startApiServer } from '../../support/kube/api-server.ts';
import { kubectlEnv } from '../../support/kube/kubectl.ts';
import type { Stored } from '../../support/kube/objects.ts';
import type { PodAnswer, PodCall } from '../../support/kube/resource-requests.ts';
import { IMAGE, projectPath } from '../../support/projects.ts';
import { type CliRun, runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp.ts';

/** Many processes start in such a test. */
export const PATIENCE = 120_000;

export interface ModelSaid {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
}

/** What the annotations of its template say of a pod. */
export function modelsOf({ metadata: { annotations = {} } }: Stored): readonly ModelSaid[] {
  const said = (key: string): string => annotations[`mlserve.dev/${key}`] ?? '';
  const several = said('models');
  if (several !== '') return JSON.parse(several) as readonly ModelSaid[];
  return [{ name: said('model-name'), version: said('model-version'), digest: said('model-digest') }];
}

/** `/readyz` of the server, of pods that hold these models. */
export function readyz(models: (pod: Stored) => readonly ModelSaid[] = modelsOf) {
  return async ({ pod, path }: PodCall): Promise<PodAnswer> => {
    if (path !== '/readyz') return { status: 404, body: '{}' };
    const service = { name: pod.metadata.labels?.['app.kubernetes.io/name'] ?? '', version: '1.4.0' };
    const body = { status: 'ready', service, models: models(pod).map((model) => ({ ...model, state: 'ready' })) };
    return { status: 200, body: JSON.stringify(body) };
  };
}

export interface ClusterRun extends CliRun {
  readonly server: ApiServer;
}

export function cluster(script: Partial<ClusterScript> = {}): Promise<ApiServer> {
  return startApiServer({ namespaces: ['iris-dev'], answer: readyz(), waitsForWatcher: true, ...script });
}

/** Of the project iris, into dev, without a question, unless `args` say otherwise. */
export async function deploy(
  server: Pick<ApiServer, 'kubeconfig'>,
  args: readonly string[] = [],
  project: string = projectPath('plain/iris'),
): Promise<CliRun> {
  const given = (flag: string, ...rest: readonly string[]): readonly string[] =>
    args.includes(flag) ? [] : [flag, ...rest];
  const words = ['deploy', project, ...given('--image', IMAGE), ...given('--env', 'dev'), ...args];
  return runCli(words, { cwd: await tempFolder(), env: await kubectlEnv(server) });
}

export const apply = (server: ApiServer, args: readonly string[] = [], project?: string): Promise<CliRun> =>
  deploy(server, ['--apply', '--yes', ...args], project);

const TRANSCRIPTS = join(import.meta.dirname, 'transcripts');

/** Without what differs from run to run. */
export function normalized(text: string): string {
  const pods: string[] = [];
  return (
    text
      .replaceAll(/127\.0\.0\.1:\d\d+/g, '127.0.0.1:PORT')
      .replaceAll(/\S+\/kubeconfig$/gm, 'KUBECONFIG')
      .replaceAll(/read tcp \S+: read: connection reset by peer/g, 'EOF')
      .replaceAll(/\bafter \d+ s$/gm, 'after N s')
      // How it gets on depends on when it is looked at.
      .replaceAll(/^( {2}(\d+ of \d+ pods? ready|the cluster has not begun).*\n)+(?= {2}\d+ of)/gm, '')
      .replaceAll(/\b([a-z][a-z-]*)-[0-9a-f]{9}-[0-9a-f]{5}\b/g, (pod, owner: string) => {
        if (!pods.includes(pod)) pods.push(pod);
        return `${owner}-REVISION-${pods.indexOf(pod) + 1}`;
      })
      .replaceAll(/\b([a-z][a-z-]*)-[0-9a-f]{9}-(?="| )/g, '$1-REVISION-')
  );
}

/** Compares what a person sees with the file of that name. */
export async function expectTranscript({ code, stdout, stderr }: CliRun, name: string): Promise<void> {
  const text = normalized(`${stderr}${stdout}[exit code ${code}]\n`);
  await expect(text).toMatchFileSnapshot(join(TRANSCRIPTS, `${name}.txt`));
}

export function transcript(name: string): Promise<string> {
  return readFile(join(TRANSCRIPTS, `${name}.txt`), 'utf8');
}

/** The kubectl of the tests: suites that need it run where `MLSERVE_TEST_KUBECTL` names its folder, which test/deploy/cluster/run.sh sees to. */
import { delimiter } from 'node:path';
import { describe } from 'vitest';
import { bareEnv } from '../run-cli.ts';
import { makeTemp } from '../temp.ts';
import type { ApiServer } from './api-server.ts';

const FOLDER = process.env.MLSERVE_TEST_KUBECTL;

/** Says that it was skipped where there is no kubectl. */
export function describeWithKubectl(name: string, body: () => void): void {
  const isThere = FOLDER !== undefined && FOLDER !== '';
  describe.skipIf(!isThere)(isThere ? name : `${name} (skipped: no kubectl, see test/deploy/cluster/run.sh)`, body);
}

let home: Promise<string> | undefined;

/** The environment in which kubectl finds the server of a test, and nothing of the developer's own. */
export async function kubectlEnv({ kubeconfig }: Pick<ApiServer, 'kubeconfig'>): Promise<Record<string, string>> {
  home ??= makeTemp();
  const { PATH = '' } = bareEnv();
  return { ...bareEnv(), PATH: `${FOLDER}${delimiter}${PATH}`, HOME: await home, KUBECONFIG: kubeconfig };
}

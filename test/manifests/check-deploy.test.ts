import { describe, expect, it } from 'vitest';
import { checkDeploy } from '../../src/manifests/check-deploy.ts';
import { ENVIRONMENTS, type Environment } from '../../src/service/deploy-spec.ts';
import { objectsWith } from '../support/platform-objects.ts';

const wine = objectsWith('guarded/wine', 'prod').facts.spec;

function findings(host: string, environments: readonly Environment[] = ENVIRONMENTS): readonly string[] {
  return checkDeploy({ ...wine, deploy: { ...wine.deploy, host } }, ['wine'], environments).map(
    ({ where, message }) => `${where}: ${message}`,
  );
}

describe('the host name', () => {
  it('must be one in every environment that is written', () => {
    expect(findings('fraud.example.com')).toEqual([]);
    expect(findings('*.example.com', ['prod'])).toEqual([]);
    expect(findings('*.example.com')).toEqual([
      'deploy.host: "*.example.com" would be "*-dev.example.com" in dev, which is no host name',
      'deploy.host: "*.example.com" would be "*-staging.example.com" in staging, which is no host name',
    ]);
    const long = 'a'.repeat(57);
    expect(findings(`${long}.example.com`)).toEqual([
      `deploy.host: "${long}.example.com" would be "${long}-staging.example.com" in staging, which is no host name`,
    ]);
  });

  it('is no address, and is said once when it is wrong everywhere', () => {
    expect(findings('10.0.0.1')).toEqual(['deploy.host: "10.0.0.1" is no host name']);
    expect(findings('Fraud.example.com')).toEqual(['deploy.host: "Fraud.example.com" is no host name']);
  });
});

describe('a service without a CPU limit', () => {
  it('says the threads of every model or of none, for one variable tells them all', () => {
    const findingsOf = (cpuLimit: 'on' | 'off', ...threads: readonly number[]) => {
      const models = threads.flatMap((each, at) =>
        wine.models.slice(0, 1).map((model) => ({
          ...{ ...model, name: `m${at}` },
          engine: { ...model.engine, threads: each },
        })),
      );
      const spec = { ...wine, models, deploy: { ...wine.deploy, cpuLimit } };
      return checkDeploy(spec, ['wine'], ['prod']).map(({ where, message }) => `${where}: ${message}`);
    };
    expect(findingsOf('off', 0, 0)).toEqual([]);
    expect(findingsOf('off', 2, 1)).toEqual([]);
    expect(findingsOf('on', 0, 3)).toEqual([]);
    expect(findingsOf('off', 0, 3)).toEqual([
      'deploy.cpuLimit: without a CPU limit m0 would take a thread for every core of the node',
    ]);
  });
});

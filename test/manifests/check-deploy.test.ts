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

import { describe, expect, it } from 'vitest';
import { deployingEnvironment } from '../../src/manifests/deploying-environment.ts';

describe('the environment of whoever deploys', () => {
  it('says how to deploy, and keeps what no pod has out of the manifests', () => {
    const { env, passedOver } = deployingEnvironment({
      ...{ HOME: '/home/me', MLSERVE_API_KEYS: 'k', MLSERVE_TYPO: '1', MLSERVE_DEPLOY_HOST: 'a.b' },
      ...{ PORT: '3000', AIP_HEALTH_ROUTE: '/h', MLSERVE_SERVER_PORT: '9000', MLSERVE_DRAIN_DELAY_MS: '' },
      MLSERVE_IMAGE_REPOSITORY: 'r',
    });
    expect(Object.keys(env).sort()).toEqual(['HOME', 'MLSERVE_API_KEYS', 'MLSERVE_DEPLOY_HOST', 'MLSERVE_TYPO']);
    expect(passedOver).toEqual(['MLSERVE_SERVER_PORT']);
  });
});

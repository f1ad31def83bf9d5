import { describe, expect, it } from 'vitest';
import { canaryName } from '../../src/manifests/canary/track.ts';
import { examplePod, podPattern } from '../../src/manifests/pod-names.ts';
import { workloadOf } from '../../src/manifests/workload.ts';
import { objectsWith } from '../support/platform-objects.ts';

/** As SimpleNameGenerator of Kubernetes does: 63 characters at most, of which five are random. */
const generated = (replicaSet: string): string => `${`${replicaSet}-`.slice(0, 58)}x2x7q`;
const isWhole = (pattern: string, text: string): boolean => new RegExp(`^(?:${pattern})$`).test(text);

describe('the names of pods', () => {
  it('are found however long the name of the service is, and however short the hash', () => {
    for (let length = 1; length <= 63; length++) {
      const name = 'n'.repeat(length);
      for (const hash of ['5d4f8', '5d4f8c7b9', '5d4f8c7b99']) {
        expect(isWhole(podPattern(name), generated(`${name}-${hash}`)), `${length} ${hash}`).toBe(true);
      }
      expect(isWhole(podPattern(name), examplePod(name)), String(length)).toBe(true);
    }
  });

  it('are not those of the canary, nor of a service whose name goes on', () => {
    for (const other of ['iris-canary', 'iris-api', 'iris2']) {
      expect(isWhole(podPattern('iris'), generated(`${other}-5d4f8c7b9`))).toBe(false);
    }
  });

  it('are not those of the canary of a long name either, but for one whose "-c" is cut like a hash', () => {
    const caught = Array.from({ length: 63 }, (_, at) => 'n'.repeat(at + 1)).filter((name) =>
      isWhole(podPattern(name), generated(`${canaryName(name)}-5d4f8c7b9`)),
    );
    expect(caught.map(({ length }) => length)).toEqual([56]);
  });

  it('are of any revision with Knative, also where the name looks like one', () => {
    const { spec } = objectsWith('plain/iris', 'prod').facts;
    for (const name of ['iris', 'a-00003-b', 'n'.repeat(40)]) {
      const { pods, examplePod: example } = workloadOf({ spec: { ...spec, name }, platform: 'knative' });
      expect(isWhole(pods, generated(`${name}-00123-deployment-5d4f8c7b9`)), name).toBe(true);
      expect(isWhole(pods, example), name).toBe(true);
    }
  });
});

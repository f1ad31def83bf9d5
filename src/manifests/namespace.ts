/** A namespace → the Namespace with the security level that everything here passes. Written for people to apply once; never part of the rest. */
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import type { Manifest } from './manifest.ts';

export function namespaceManifest(name: string): Manifest {
  const level = 'restricted';
  const object = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: {
        'pod-security.kubernetes.io/enforce': level,
        'pod-security.kubernetes.io/audit': level,
        'pod-security.kubernetes.io/warn': level,
      },
    },
  } satisfies INamespace;
  return {
    file: 'namespace.yaml',
    object,
    notes: [
      {
        path: ['metadata', 'labels'],
        text: 'the strictest level of Pod Security, which everything that mlserve writes passes',
      },
    ],
  };
}

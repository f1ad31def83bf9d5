/** A service that is called from outside, where there is no Gateway API → its Ingress. */
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { DeploymentFacts } from '../deployment-facts.ts';
import { objectLabels } from '../identity.ts';
import type { Manifest } from '../manifest.ts';
import { nameWith } from '../names.ts';
import { workloadOf } from '../workload.ts';
import { hostOf } from './http-route.ts';

export function ingress(facts: DeploymentFacts): Manifest {
  const { spec, namespace } = facts;
  const { deploy, name } = spec;
  const host = hostOf(facts);
  const { service, httpPort } = workloadOf(facts);
  const object = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace, labels: { ...objectLabels(facts) } },
    spec: {
      ...(deploy.ingressClass === '' ? {} : { ingressClassName: deploy.ingressClass }),
      tls: [{ hosts: [host], secretName: deploy.ingressTls || nameWith(name, 'ingress-tls') }],
      rules: [
        {
          host,
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: service, port: { name: httpPort } } } },
            ],
          },
        },
      ],
    },
  } satisfies IIngress;
  return { file: 'ingress.yaml', object, notes: [] };
}

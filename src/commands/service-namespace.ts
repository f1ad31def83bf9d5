/** A service × an environment × the flag → the namespace there. */
import { namespaceOf } from '../manifests/deployment-facts.ts';
import type { Environment } from '../service/deploy-spec.ts';
import type { ServiceSpec } from '../service/spec.ts';

export function serviceNamespace(
  { name, deploy }: Pick<ServiceSpec, 'name' | 'deploy'>,
  { env, namespace }: { readonly env: Environment; readonly namespace?: string | undefined },
): string {
  return namespace ?? namespaceOf(env, deploy.namespace || name);
}

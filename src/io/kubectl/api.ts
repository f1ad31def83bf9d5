/** kubectl × kinds of objects → the paths of the API server, and what it answers to a GET of them. */
import { MlserveError } from '../../errors.ts';
import type { Kind, ObjectQuery } from '../../manifests/cluster.ts';
import type { Kubectl } from './run.ts';

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string }[];
}

export interface Api {
  /** The JSON at a path; undefined when there is nothing. */
  read(path: string): Promise<unknown>;
  kinds(apiVersion: string): Promise<readonly string[]>;
  /** `/apis/apps/v1/namespaces/iris/deployments` */
  pathOf(kind: Kind, namespace: string): Promise<string>;
}

export function apiThrough(kubectl: Kubectl): Api {
  const known = new Map<string, Promise<ResourceList['resources']>>();
  const read = async (path: string): Promise<unknown> => {
    try {
      return JSON.parse(await kubectl.run(['get', '--raw', path]));
    } catch (error) {
      if (error instanceof MlserveError && isAbsence(error)) return undefined;
      throw error;
    }
  };
  const discover = async (apiVersion: string): Promise<ResourceList['resources']> => {
    const found = (await read(`/${rootOf(apiVersion)}`)) as ResourceList | undefined;
    // `deployments/status` is no kind of its own.
    return (found?.resources ?? []).filter(({ name }) => !name.includes('/'));
  };
  const resources = (apiVersion: string): Promise<ResourceList['resources']> => {
    const found = known.get(apiVersion) ?? discover(apiVersion);
    known.set(apiVersion, found);
    found.catch(() => known.delete(apiVersion));
    return found;
  };
  return {
    read,
    kinds: async (apiVersion) => (await resources(apiVersion)).map(({ kind }) => kind),
    async pathOf({ apiVersion, kind }, namespace) {
      const plural = (await resources(apiVersion)).find((each) => each.kind === kind)?.name;
      if (plural !== undefined) return `/${rootOf(apiVersion)}/namespaces/${namespace}/${plural}`;
      throw new MlserveError('CLUSTER_REFUSED', `the cluster has no ${kind} (${apiVersion})`, {
        hint: 'install what brings it, or use a cluster that has it',
      });
    },
  };
}

/** `labelSelector=…&fieldSelector=…`, or empty. */
export function selectorOf({ labels = {}, fields = {} }: ObjectQuery): string {
  const term = (name: string, values: Readonly<Record<string, string>>): readonly string[] => {
    const terms = Object.entries(values).map(([key, value]) => `${key}=${value}`);
    return terms.length === 0 ? [] : [`${name}=${encodeURIComponent(terms.join(','))}`];
  };
  return [...term('labelSelector', labels), ...term('fieldSelector', fields)].join('&');
}

function rootOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
}

/** kubectl says which object, or that there is no such path. */
function isAbsence({ code, message }: MlserveError): boolean {
  return code === 'CLUSTER_REFUSED' && /not found$|could not find the requested resource$/.test(message);
}

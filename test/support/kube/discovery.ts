/** The resources that the API server of the tests has → its documents of discovery, in the form of every version of Kubernetes. */
import type { Resource } from './objects.ts';

const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/** Undefined for a path that is none of discovery. */
export function discover(path: string, resources: readonly Resource[]): object | undefined {
  const versions = [...new Set(resources.map(({ apiVersion }) => apiVersion))];
  if (path === '/version') return { major: '1', minor: '36', gitVersion: 'v1.36.0', platform: 'linux/amd64' };
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(versions) };
  if (path === '/openapi/v3') return { paths: Object.fromEntries(versions.map(openApiEntry)) };
  const document = /^\/openapi\/v3\/(api|apis)\/(.+)$/.exec(path)?.[2];
  if (document !== undefined && versions.includes(document)) return openApi(resources, document);
  const group = /^\/(?:api|apis)\/((?:[^/]+\/)?v[^/]+)$/.exec(path)?.[1];
  const own = resources.filter(({ apiVersion }) => apiVersion === group);
  if (group === undefined || own.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group,
    resources: own.map(({ plural, kind, isNamespaced }) => ({
      name: plural,
      singularName: kind.toLowerCase(),
      namespaced: isNamespaced,
      kind,
      verbs: VERBS,
    })),
  };
}

function groupsOf(versions: readonly string[]): readonly object[] {
  return versions
    .filter((version) => version.includes('/'))
    .map((groupVersion) => {
      const [name, version] = groupVersion.split('/');
      return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
    });
}

export function pathOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
}

function openApiEntry(apiVersion: string): readonly [string, object] {
  return [pathOf(apiVersion), { serverRelativeURL: `/openapi/v3/${pathOf(apiVersion)}?hash=1` }];
}

/** Enough for kubectl to see that the API server judges fields itself. */
function openApi(resources: readonly Resource[], apiVersion: string): object {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const parameters = ['fieldValidation', 'dryRun', 'fieldManager', 'force'].map((name) => ({ name, in: 'query' }));
  const paths = resources
    .filter((resource) => resource.apiVersion === apiVersion)
    .map(({ plural, kind, isNamespaced }) => [
      `/${pathOf(apiVersion)}/${isNamespaced ? 'namespaces/{namespace}/' : ''}${plural}/{name}`,
      {
        patch: {
          'x-kubernetes-action': 'patch',
          'x-kubernetes-group-version-kind': { group, version, kind },
          parameters,
        },
      },
    ]);
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.36.0' }, paths: Object.fromEntries(paths) };
}

/** An HTTPRoute × the weight of a canary → the route with the requests split between both, or with the canary gone from it again. */
import type { KubernetesObject } from '../manifest.ts';
import { type Data, type DataObject, isList, isObject } from '../patches/strategic-merge.ts';
import { canaryName } from './track.ts';

/** With this header a request reaches the canary whatever its weight: for people who try it. */
const HEADER = { type: 'Exact', name: 'x-mlserve-track', value: 'canary' };
const ALL = 100;

/** Whatever split the route has now. `weight`: percent of the canary. */
export function withCanary(route: KubernetesObject, service: string, weight: number): KubernetesObject {
  const canary = canaryName(service);
  return withRules(withoutCanary(route, service), (rule) => {
    const own = backendsOf(rule).find(({ name }) => name === service);
    if (own === undefined) return [rule];
    const others = backendsOf(rule).filter((backend) => backend !== own);
    const split = [
      { ...own, weight: ALL - weight },
      { ...own, name: canary, weight },
    ];
    const tried = {
      ...rule,
      matches: matchesOf(rule).map(withHeader),
      backendRefs: [{ ...own, name: canary, weight: ALL }],
    };
    return [tried, { ...rule, backendRefs: [...split, ...others] }];
  });
}

/** All requests to the service itself. */
export function withoutCanary(route: KubernetesObject, service: string): KubernetesObject {
  const canary = canaryName(service);
  return withRules(route, (rule) => {
    const backends = backendsOf(rule);
    if (!backends.some(({ name }) => name === canary)) return [rule];
    const rest = backends.filter(({ name }) => name !== canary);
    if (rest.length === 0) return [];
    return [{ ...rule, backendRefs: rest.map((each) => (each.name === service ? { ...each, weight: ALL } : each)) }];
  });
}

/** Percent of the canary; undefined when the route does not know it. */
export function weightOf(route: KubernetesObject | undefined, service: string): number | undefined {
  if (route === undefined) return undefined;
  const names = (rule: DataObject): readonly Data[] => backendsOf(rule).map(({ name = null }) => name);
  const canary = canaryName(service);
  const rules = rulesOf(route).filter((rule) => names(rule).includes(canary));
  const split = rules.find((rule) => names(rule).includes(service));
  if (split === undefined) return rules.length === 0 ? undefined : 0;
  const weight = backendsOf(split).find(({ name }) => name === canary)?.weight;
  // The Gateway API counts a backend without a weight once.
  return typeof weight === 'number' ? weight : 1;
}

function withRules(route: KubernetesObject, change: (rule: DataObject) => readonly DataObject[]): KubernetesObject {
  const { spec } = route as unknown as { readonly spec?: DataObject };
  return { ...route, spec: { ...spec, rules: rulesOf(route).flatMap(change) } } as KubernetesObject;
}

function rulesOf(route: KubernetesObject): readonly DataObject[] {
  const { spec } = route as unknown as { readonly spec?: DataObject };
  const { rules = [] } = spec ?? {};
  return isList(rules) ? rules.filter(isObject) : [];
}

function backendsOf({ backendRefs = [] }: DataObject): readonly DataObject[] {
  return isList(backendRefs) ? backendRefs.filter(isObject) : [];
}

/** A rule without matches takes everything. */
function matchesOf({ matches = [] }: DataObject): readonly DataObject[] {
  const given = isList(matches) ? matches.filter(isObject) : [];
  return given.length > 0 ? given : [{ path: { type: 'PathPrefix', value: '/' } }];
}

function withHeader(match: DataObject): DataObject {
  const { headers = [] } = match;
  return { ...match, headers: [...(isList(headers) ? headers : []), HEADER] };
}

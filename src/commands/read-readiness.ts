/** The body of a service's `/readyz` → what it says, or undefined when it is no such body; and what of that is a finding. */
import type { Issue } from '../issue.ts';

export interface ModelReadiness {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly state: string;
  /** Why it is not ready; undefined when it is. */
  readonly reason?: string;
}

export interface Readiness {
  readonly state: 'ready' | 'not ready' | 'draining';
  readonly service: { readonly name: string; readonly version: string };
  readonly models: readonly ModelReadiness[];
}

const STATES: readonly string[] = ['ready', 'not ready', 'draining'];

export function readReadiness(body: string): Readiness | undefined {
  try {
    const { status, service, models } = JSON.parse(body);
    if (!STATES.includes(status)) return undefined;
    return {
      state: status,
      service: { name: text(service.name), version: text(service.version) },
      models: (models as unknown[]).map(readModel),
    };
  } catch {
    return undefined;
  }
}

/** One error for each model that is not ready, and for a service that stops. */
export function whyNotReady({ state, models }: Readiness): readonly Issue[] {
  const issue = (where: string, message: string): Issue => ({
    rule: 'status.not-ready',
    severity: 'error',
    where,
    message,
  });
  const describe = ({ name, version, state: own, reason }: ModelReadiness): Issue =>
    issue(`${name} ${version}`, reason === undefined ? own : `${own}: ${reason}`);
  const notReady = models.filter((model) => model.state !== 'ready').map(describe);
  if (state === 'ready') return [];
  return notReady.length > 0 ? notReady : [issue('the service', state)];
}

function readModel(value: unknown): ModelReadiness {
  const { name, version, digest, state, reason } = value as Record<keyof ModelReadiness, unknown>;
  const known = { name: text(name), version: text(version), digest: text(digest), state: text(state) };
  return reason === undefined ? known : { ...known, reason: text(reason) };
}

/** Throws for anything else: then it is another service's answer. */
function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError('not a string');
}

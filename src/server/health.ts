/** Probes and pages for operators: `/livez`, `/readyz`, `/startupz`, `/metrics`, and what is served at `/`. */
import type { ModelState } from '../engine/engine.ts';
import { type Answer, jsonAnswer, type Service } from './service.ts';

/** The process answers; nothing else is asked. */
export function livez(): Answer {
  return jsonAnswer(200, { status: 'live' });
}

/** Ready for traffic: every model is, and the service is not about to stop. Says of each model why it is not. */
export function readyz({ spec, engine, models: table, isDraining }: Service): Answer {
  const models = table().entries.map(({ key, identity }) => {
    const { state = 'unloaded', reason } = engine.status(key) ?? {};
    return state === 'ready' ? { ...identity, state } : { ...identity, state, reason: publicReason(state, reason) };
  });
  const status = isDraining() ? 'draining' : engine.isReady() ? 'ready' : 'not ready';
  const service = { name: spec.name, version: spec.version };
  return jsonAnswer(status === 'ready' ? 200 : 503, { status, service, models });
}

const LONGEST_REASON = 300;
/** Where the state says it all. */
const REASONS: { readonly [S in ModelState]: string } = {
  loading: 'the model is being loaded',
  warming: 'the model is being warmed up',
  ready: '',
  draining: 'the model finishes what it was given',
  unloaded: 'the model was unloaded',
  failed: 'the model failed; the log has the reason',
};
const FOLDERS = /(?:[A-Za-z]:)?(?:[\\/][^\\/\s:'"]+)*[\\/](?=[^\\/\s:'"])/g;

/** Anybody may ask: of paths on this machine they see the last part, and of long texts the beginning. */
function publicReason(state: ModelState, reason = REASONS[state]): string {
  const text = reason.replace(FOLDERS, '');
  return text.length <= LONGEST_REASON ? text : `${text.slice(0, LONGEST_REASON)}…`;
}

/** Every model has been ready once; stays so afterwards. */
export function startupz({ hasStarted }: Service): Answer {
  return hasStarted() ? jsonAnswer(200, { status: 'started' }) : jsonAnswer(503, { status: 'starting' });
}

export async function metricsPage({ metrics }: Service): Promise<Answer> {
  return { status: 200, type: metrics.contentType, body: await metrics.text() };
}

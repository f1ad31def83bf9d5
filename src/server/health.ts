/** Probes and pages for operators: `/livez`, `/readyz`, `/startupz`, `/metrics`, and what is served at `/`. */
import { type Answer, jsonAnswer, type Service } from './service.ts';

/** The process answers; nothing else is asked. */
export function livez(): Answer {
  return jsonAnswer(200, { status: 'live' });
}

/** Ready for traffic: every model is, and the service is not about to stop. */
export function readyz({ engine, models: table, isDraining }: Service): Answer {
  const models = table().entries.map(({ key, identity: { name, version } }) => ({
    name,
    version,
    state: engine.status(key)?.state ?? 'unloaded',
  }));
  if (isDraining()) return jsonAnswer(503, { status: 'draining', models });
  return engine.isReady()
    ? jsonAnswer(200, { status: 'ready', models })
    : jsonAnswer(503, { status: 'not ready', models });
}

/** Every model has been ready once; stays so afterwards. */
export function startupz({ hasStarted }: Service): Answer {
  return hasStarted() ? jsonAnswer(200, { status: 'started' }) : jsonAnswer(503, { status: 'starting' });
}

export async function metricsPage({ metrics }: Service): Promise<Answer> {
  return { status: 200, type: metrics.contentType, body: await metrics.text() };
}

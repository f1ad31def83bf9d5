/** A ready service → the lines that say where it is, which models answer, where they run, and a command line to try. Pure. */
import type { Batching, ModelStatus } from '../engine/engine.ts';
import { plural } from '../plural.ts';
import type { ServedModel } from '../server/contract.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { visible } from '../visible.ts';

export interface Announcement {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** `127.0.0.1:8081`; undefined when there is no gRPC. */
  readonly grpc: string | undefined;
  /** What callers are asked for. */
  readonly asks: { readonly tls: boolean; readonly certificate: boolean; readonly key: boolean };
  readonly spec: ServiceSpec;
  readonly models: readonly ServedModel[];
  readonly statuses: readonly ModelStatus[];
  /** A body of `POST /predict` that is answered; undefined when none was found. */
  readonly body: string | undefined;
}

export function renderServe({ url, grpc, asks, spec, models, statuses, body }: Announcement): string {
  const rows = models.map(({ key, spec: { name, version }, fingerprint }) => {
    const status = statuses.find((each) => each.key === key);
    return `  ${name} ${version}  ${fingerprint.model}\n    engine: ${placementText(status)}\n`;
  });
  // Whether this machine knows the authority of its own service, only its owner does.
  const certificate = asks.certificate ? ' --cert FILE --key FILE' : '';
  const curl = `curl -s${asks.tls ? 'k' : ''}${certificate}${asks.key ? ' -H "x-api-key: $MLSERVE_API_KEY"' : ''}`;
  const tryIt =
    body === undefined
      ? `  ${curl} ${url}/v2/models/${encodeURIComponent(models[0]?.spec.name ?? '')}\n`
      : `  ${curl} ${url}/predict -H 'content-type: application/json' -d ${shellQuote(visible(body))}\n`;
  return `${spec.name} ${spec.version} is ready on ${url}${grpc === undefined ? '' : `, gRPC on ${grpc}`}\n${rows.join('')}docs: ${url}/docs\ntry:\n${tryIt}`;
}

function placementText(status: ModelStatus | undefined): string {
  if (status?.placement === undefined) return status?.state ?? 'unknown';
  const { mode, p95Ms, rows } = status.placement;
  const measured = p95Ms === undefined ? 'not measured' : `p95 ${p95Ms.toFixed(2)} ms for ${plural(rows, 'row')}`;
  return `${mode} (${measured}), ${sharingText(status.batching)}`;
}

function sharingText(batching: Batching | undefined): string {
  const { maxRows = 1, reason } = batching ?? {};
  return maxRows > 1 ? `up to ${maxRows} rows a batch` : `no batches${reason === undefined ? '' : `: ${reason}`}`;
}

/** For POSIX shells. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A kind of objects → all of them, at first and after each change, for as long as somebody listens. */
import { setTimeout as pause } from 'node:timers/promises';
import { MlserveError } from '../../errors.ts';
import type { KubernetesObject } from '../../manifests/manifest.ts';
import type { Api } from './api.ts';
import type { Kubectl } from './run.ts';

interface List {
  readonly metadata: { readonly resourceVersion: string };
  readonly items?: readonly Listed[] | null;
}

interface Listed extends KubernetesObject {
  readonly metadata: { readonly uid?: string; readonly name: string };
}

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: Listed;
}

/** A watch ends after this long, and is begun again: what sits between may cut it without a word. */
const WATCH_SECONDS = 240;
/** An API server that is the only one of its cluster is away for some seconds when it is started again: 18 s are waited for it. */
const ATTEMPTS = 9;
const PAUSE_MS = 400;

export interface WatchedPath {
  readonly path: string;
  /** `labelSelector=…`, or empty. */
  readonly selector: string;
}

/** Throws CLUSTER_UNREACHABLE when the API server stays away. */
export async function* watchObjects(
  { path, selector }: WatchedPath,
  { kubectl, api }: { readonly kubectl: Kubectl; readonly api: Api },
  signal: AbortSignal,
): AsyncIterable<readonly KubernetesObject[]> {
  let attempt = 0;
  while (!signal.aborted) {
    try {
      const { items, metadata } = (await api.read(`${path}${selector && `?${selector}`}`)) as List;
      attempt = 0;
      const objects = new Map((items ?? []).map((object) => [keyOf(object), object]));
      yield [...objects.values()];
      const query = `watch=true&resourceVersion=${metadata.resourceVersion}&timeoutSeconds=${WATCH_SECONDS}`;
      const words = ['get', '--raw', `${path}?${query}${selector && `&${selector}`}`];
      for await (const line of kubectl.lines(words, { signal })) {
        if (line === '') continue;
        const { type, object } = JSON.parse(line) as WatchEvent;
        // Too old a version, for one: what is there now is asked for again.
        if (type === 'ERROR') break;
        if (type === 'BOOKMARK') continue;
        if (type === 'DELETED') objects.delete(keyOf(object));
        else objects.set(keyOf(object), object);
        yield [...objects.values()];
      }
    } catch (error) {
      if (signal.aborted) return;
      attempt += 1;
      const isAway = error instanceof MlserveError && error.code === 'CLUSTER_UNREACHABLE';
      // A line that was cut in the middle is no JSON.
      if (!(isAway || error instanceof SyntaxError) || attempt >= ATTEMPTS) throw error;
    }
    await pause(PAUSE_MS * (attempt + 1), undefined, { signal }).catch(() => {});
  }
}

function keyOf({ metadata }: Listed): string {
  return metadata.uid ?? metadata.name;
}

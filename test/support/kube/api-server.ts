/** A script → an HTTP server on loopback that answers as a Kubernetes API server does, with a kubeconfig that names it. */
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { tempFolder } from '../temp.ts';
import { runAutoscaler } from './autoscaler.ts';
import { runControllers } from './controllers.ts';
import { discover } from './discovery.ts';
import { becomesReady, type PodCourse } from './kubelet.ts';
import { CORE, CUSTOM, Refused, type Stored, statusOf } from './objects.ts';
import { type ApiRequest, handleResource, type PodAnswer, type PodCall, send } from './resource-requests.ts';
import { Store } from './store.ts';

export interface ClusterScript {
  /** That are there from the start. */
  readonly namespaces: readonly string[];
  /** Whether the kinds of Prometheus' operator and the Gateway API are installed. */
  readonly hasCustom?: boolean;
  /** What becomes of a pod; it becomes ready when absent. */
  readonly pod?: (pod: Stored) => PodCourse;
  /** What a port of a pod answers. */
  readonly answer?: (call: PodCall) => Promise<PodAnswer>;
  readonly podQuota?: () => number;
  /** Pods stay as they are made until somebody watches them, with all that explains them; so that nothing of a rollout is missed. */
  readonly waitsForWatcher?: boolean;
  /** Before a request is handled; it may throw `Refused`. */
  readonly onRequest?: (request: ApiRequest, server: ApiServer) => void;
}

export interface ApiServer {
  readonly url: string;
  /** Path of a kubeconfig whose current context is `test`; its other context `other` names a server that is not there. */
  readonly kubeconfig: string;
  readonly store: Store;
  /** `PATCH /apis/apps/v1/namespaces/iris/deployments/iris?…`, in order. */
  readonly requests: readonly string[];
  /** Cuts every connection, watches among them. */
  cut(): void;
  /** The same, and takes no more. */
  stop(): void;
}

const WATCHED = ['deployments', 'replicasets', 'pods', 'events'];

/** Runs until the test is over. */
export async function startApiServer(script: ClusterScript): Promise<ApiServer> {
  const store = new Store();
  const resources = script.hasCustom === false ? CORE : [...CORE, ...CUSTOM];
  const requests: string[] = [];
  let isStopped = false;
  const watches: string[] = [];
  let waiting: (() => void)[] = [];
  const isWatched = (): boolean => script.waitsForWatcher !== true || WATCHED.every((each) => watches.includes(each));
  const noteWatch = (plural: string, response: ServerResponse): void => {
    watches.push(plural);
    response.on('close', () => void watches.splice(watches.indexOf(plural), 1));
    if (!isWatched()) return;
    for (const begin of waiting) begin();
    waiting = [];
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://server');
    const method = request.method ?? 'GET';
    requests.push(`${method} ${request.url}`);
    const given: ApiRequest = {
      method,
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      contentType: request.headers['content-type'] ?? '',
      agent: request.headers['user-agent'] ?? '',
      body: await text(request),
    };
    try {
      script.onRequest?.(given, server);
      if (isStopped) return;
      const document = method === 'GET' ? discover(given.path, resources) : undefined;
      if (document !== undefined) return send(response, 200, document);
      if (url.searchParams.has('watch')) noteWatch(given.path.split('/').at(-1) ?? '', response);
      await handleResource(given, response, { store, resources, answer: script.answer });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      send(response, error.refusal.code, statusOf(error.refusal));
    }
  };
  const http = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      send(response, 500, statusOf({ code: 500, reason: 'InternalError', message }));
    });
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const kubeconfig = await writeKubeconfig(url);
  const server: ApiServer = {
    url,
    kubeconfig,
    store,
    requests,
    cut: () => http.closeAllConnections(),
    stop() {
      isStopped = true;
      http.close();
      http.closeAllConnections();
    },
  };
  onTestFinished(() => server.stop());
  const namespaces = CORE[0];
  for (const name of namespaces === undefined ? [] : script.namespaces) {
    store.put(namespaces as (typeof CORE)[number], { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  runControllers(store, {
    pod: script.pod ?? becomesReady,
    podQuota: script.podQuota ?? (() => Number.POSITIVE_INFINITY),
    isStopped: () => isStopped,
    begin: () => (isWatched() ? Promise.resolve() : new Promise((done) => waiting.push(done))),
  });
  runAutoscaler(store, () => isStopped);
  return server;
}

async function writeKubeconfig(url: string): Promise<string> {
  const path = join(await tempFolder(), 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [
      { name: 'test', cluster: { server: url } },
      { name: 'other', cluster: { server: 'http://127.0.0.1:1' } },
    ],
    users: [{ name: 'tester', user: {} }],
    contexts: [
      { name: 'test', context: { cluster: 'test', user: 'tester' } },
      { name: 'other', context: { cluster: 'other', user: 'tester', namespace: 'shop' } },
    ],
  };
  await writeFile(path, JSON.stringify(config));
  return path;
}

/** Types of whom `mlserve test` asks, and the one that is a server at a URL. */
import type { Io } from '../ports.ts';
import type { Asked } from './ask-predict.ts';

export interface TestTarget {
  readonly kind: 'local' | 'image' | 'url';
  /** As people know it: `local`, the name of the image, the URL. */
  readonly name: string;
  readonly asked: Asked;
  /** To be called in every case. */
  close(): Promise<void>;
}

/** How servers at URLs are asked. */
export interface RemoteOptions {
  readonly apiKey: string | undefined;
  /** PEM text of the authority of an encrypted service. */
  readonly ca: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** `url` without a `/` at its end. */
export function restAsked(url: string, { apiKey, ...limits }: RemoteOptions, io: Pick<Io, 'http'>): Asked {
  const key = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  return {
    async handle({ target, headers, body }) {
      const type = { 'content-type': headers['content-type'] ?? '', accept: 'application/json' };
      const question = { url: `${url}${target}`, method: 'POST', headers: { ...type, ...key }, body } as const;
      const answer = await io.http.send({ ...question, ...limits });
      const given = Object.entries(answer.headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      );
      return { status: answer.status, headers: Object.fromEntries(given), body: answer.body };
    },
  };
}

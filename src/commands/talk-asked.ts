/** A conversation with the server in a container → a way to ask it like the server in this process. */
import type { Asked } from './ask-predict.ts';
import type { SmokeTalk } from './smoke-talk.ts';

export function talkAsked(talk: Pick<SmokeTalk, 'ask'>): Asked {
  return {
    async handle({ method, target, headers, body }) {
      const answer = await talk.ask({ method, target, headers, body: Buffer.from(body).toString('base64') });
      return { ...answer, body: Buffer.from(answer.body, 'base64') };
    },
  };
}

/** The check that all server tests go through: what it must not let pass. */
import { describe, expect, it } from 'vitest';
import type { Response } from '../../src/server/contract.ts';
import { identity } from '../support/fake-engine.ts';
import { handlerOf, tensorValue } from './support.ts';

const { send, conformity } = handlerOf([
  {
    name: 'm',
    compute: identity,
    signature: {
      inputs: [tensorValue('INPUT0', 'float32', ['N'])],
      defaultedInputs: [],
      outputs: [tensorValue('OUTPUT0', 'float32', ['N'])],
    },
  },
]);
const good = await send('POST', '/predict', '{"instances":[1]}');
const problems = (response: Partial<Response>, target = '/predict') =>
  conformity.problems({ method: 'POST', target, ...good, ...response });
const body = (change: (answer: { model: object; predictions: { OUTPUT0: unknown }[] }) => object) =>
  JSON.stringify(change(JSON.parse(String(good.body))));

describe('a response', () => {
  it('passes as it was sent', () => {
    expect(problems({})).toEqual([]);
  });

  it.each([
    ['a status that is not listed', { status: 418 }],
    ['another type', { headers: { ...good.headers, 'Content-Type': 'text/plain' } }],
    ['a header that is not described', { headers: { ...good.headers, Server: 'x' } }],
    ['a missing header', { headers: Object.fromEntries(Object.entries(good.headers).slice(1)) }],
    ['a header of another form', { headers: { ...good.headers, 'X-Model-Digest': 'abc' } }],
    ['a member too many', { body: body((answer) => ({ ...answer, more: 1 })) }],
    ['a member too few', { body: body(({ predictions }) => ({ predictions })) }],
    ['a prediction of another type', { body: body((answer) => ({ ...answer, predictions: [{ OUTPUT0: 'x' }] })) }],
    ['a prediction with another member', { body: body((answer) => ({ ...answer, predictions: [{ OTHER: 1 }] })) }],
    ['an error as a success', { status: 422 }],
  ] as [string, Partial<Response>][])('is found out with %s', (_, change) => {
    expect(problems(change)).not.toEqual([]);
  });

  it('is found out on a path that the document has not', () => {
    expect(problems({}, '/nowhere')).not.toEqual([]);
    expect(problems({}, '/livez')).not.toEqual([]);
  });
});

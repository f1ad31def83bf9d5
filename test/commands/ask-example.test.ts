import { expect, it } from 'vitest';
import { refusals } from '../../src/commands/ask-example.ts';

const REFUSED = { status: 422, predictions: [], detail: 'The request has 1 problem', errors: undefined, identity: {} };
const identity = { name: 'fraud', version: '1.0.0', digest: 'sha256:00' } as const;

it('asks for another request where the model refuses this one', () => {
  const errors = [{ pointer: '/instances/0/age', expected: 'a number' }];
  expect(refusals('golden.json#/request', { ...REFUSED, identity, errors })).toEqual([
    expect.objectContaining({
      where: 'golden.json#/request/instances/0/age',
      message: 'the service expects a number',
      hint: 'correct the request, or the features that refuse it',
    }),
  ]);
});

it('asks to look at who answers where the answer is of no model', () => {
  expect(refusals('golden.json#/request', { ...REFUSED, status: 404, detail: '' })).toEqual([
    expect.objectContaining({
      message: 'the service answers 404',
      hint: expect.stringContaining('see that mlserve serves this model'),
    }),
  ]);
});

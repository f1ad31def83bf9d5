/** The request schemas of the document against the server: a body fits the schema exactly when the server answers it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identity } from '../../support/fake-engine.ts';
import { columns } from '../../support/service-builders.ts';
import { handlerOf, type ModelUnderTest, tensorValue } from '../support.ts';

const scalar = fc.oneof(
  fc.constantFrom(0, 1, -1, 5, 130, 131, 1.5, -0.5, 255, 256, 1e30),
  fc.constantFrom('FR', 'US', '1', 'true', 'AB', 'ab', '', 'ABCD', 'x'.repeat(12)),
  fc.constantFrom(true, false, null),
);
const cell = fc.oneof({ weight: 12, arbitrary: scalar }, { weight: 1, arbitrary: fc.array(scalar, { maxLength: 2 }) });

async function agrees(model: ModelUnderTest, path: string, bodies: fc.Arbitrary<unknown>): Promise<void> {
  const { send, conformity } = handlerOf([model]);
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      const { status } = await send('POST', path, JSON.stringify(body));
      const problems = conformity.requestProblems('POST', path === '/predict' ? path : TEMPLATE, body);
      if (status === 200) taken++;
      if (status === 200) expect(problems).toEqual([]);
      else expect(problems, 'fits the schema and is refused').not.toEqual([]);
    }),
    { numRuns: 600 },
  );
  // A check of refusals alone would prove little.
  expect(taken).toBeGreaterThan(10);
}

const TEMPLATE = '/v2/models/{model}/infer';

describe('the schema of rows with features', () => {
  const own = columns(
    { name: 'amount', type: 'number', min: 0, max: 200 },
    { name: 'age', type: 'integer', min: 0, max: 130, onMissing: { impute: 41 } },
    { name: 'member', type: 'boolean', onMissing: 'nan' },
    {
      name: 'country',
      type: 'category',
      values: new Map([
        ['FR', 0],
        ['1', 1],
        ['true', 2],
      ]),
    },
    { name: 'plan', type: 'category', values: new Map([['US', 0]]), onUnknown: 'ignore', onMissing: { impute: 'US' } },
  );
  const names = [...own.map(({ name }) => name), 'other'];
  const likely = fc.record(
    {
      amount: fc.constantFrom(0, 200, 5, 7, 201),
      age: fc.constantFrom(3, 41, null, 1.5),
      member: fc.constantFrom(true, false, null, 1),
      country: fc.constantFrom('FR', '1', 1, true, 'US'),
      plan: scalar,
    },
    { requiredKeys: ['amount', 'country'] },
  );
  const row = fc.oneof(
    { weight: 12, arbitrary: likely },
    { weight: 1, arbitrary: fc.dictionary(fc.constantFrom(...names), cell, { maxKeys: 6 }) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom(0, 7), cell, cell, fc.constantFrom('FR', '1', 'US')) },
    { weight: 1, arbitrary: fc.array(cell, { maxLength: 6 }) },
    { weight: 1, arbitrary: scalar },
  );
  const body = fc.oneof(
    { weight: 8, arbitrary: fc.record({ instances: fc.array(row, { maxLength: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ instances: fc.array(row, { minLength: 7, maxLength: 10 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({ instances: fc.array(row), inputs: fc.dictionary(fc.constant('INPUT0'), cell) }),
    },
    { weight: 1, arbitrary: scalar },
  );

  it.each(['reject', 'ignore'] as const)(
    'is what the server takes, with onUnknownColumn: %s',
    async (onUnknownColumn) => {
      const model: ModelUnderTest = {
        name: 'm',
        compute: identity,
        features: { onUnknownColumn, columns: own.map((column) => ({ ...column, input: 'INPUT0' })) },
        signature: {
          inputs: [tensorValue('INPUT0', 'float32', ['N', own.length])],
          defaultedInputs: [],
          outputs: [tensorValue('OUTPUT0', 'float32', ['N', own.length])],
        },
      };
      await agrees(model, '/predict', body);
    },
  );

  it('is what the server takes of text', async () => {
    const texts = columns(
      { name: 'code', type: 'string', input: 'INPUT0', pattern: '^[A-Z]{2,3}$', maxLength: 3 },
      { name: 'note', type: 'string', input: 'INPUT0', maxLength: 10, onMissing: { impute: '' } },
      { name: 'kind', type: 'category', input: 'INPUT0', values: ['FR', '1'] },
    );
    const model: ModelUnderTest = {
      name: 'm',
      compute: identity,
      features: { onUnknownColumn: 'reject', columns: texts },
      signature: {
        inputs: [tensorValue('INPUT0', 'string', ['N', 3])],
        defaultedInputs: [],
        outputs: [tensorValue('OUTPUT0', 'string', ['N', 3])],
      },
    };
    const row = fc.oneof(
      fc.record({ code: scalar, note: cell, kind: fc.constantFrom('FR', 1, 'x') }, { requiredKeys: ['code', 'kind'] }),
      fc.tuple(fc.constantFrom('AB', 'ABC', 'ABCD'), cell, fc.constantFrom('FR', '1')),
    );
    await agrees(model, '/predict', fc.record({ instances: fc.array(row, { maxLength: 2 }) }));
  });
});

describe('the schema of raw tensors', () => {
  const element = {
    uint8: [0, 255, 7, 8, 9, 256, -1, 1.5],
    float16: [0.5, 65504, 1e30],
    bool: [true, false, 1],
    string: ['', 'a', 1],
  };
  const types = Object.keys(element) as (keyof typeof element)[];

  it.each(types)('of %s is what the server takes, by row, whole and in V2', async (type) => {
    const value = fc.constantFrom(...(element[type] as unknown[]));
    const model: ModelUnderTest = {
      name: 'm',
      compute: identity,
      signature: {
        inputs: [tensorValue('INPUT0', type, ['N', 2])],
        defaultedInputs: [],
        outputs: [tensorValue('OUTPUT0', type, ['N', 2])],
      },
    };
    const row = fc.oneof(
      { weight: 9, arbitrary: fc.array(value, { minLength: 2, maxLength: 2 }) },
      { weight: 1, arbitrary: fc.array(value, { maxLength: 3 }) },
    );
    const member = fc.constantFrom('INPUT0', 'INPUT0', 'INPUT0', 'INPUT0', 'other');
    const named = fc.tuple(member, row).map(([name, values]) => ({ [name]: values }));
    const whole = fc
      .tuple(member, fc.array(row, { minLength: 1, maxLength: 3 }))
      .map(([name, rows]) => ({ [name]: rows }));
    await agrees(
      model,
      '/predict',
      fc.oneof(
        fc.record({ instances: fc.array(fc.oneof(row, named), { maxLength: 3 }) }),
        fc.record({ inputs: whole }),
        fc.record({ inputs: whole, signature_name: fc.constant('x') }),
      ),
    );
    const tensor = fc.record({
      name: member,
      datatype: fc.constantFrom({ uint8: 'UINT8', float16: 'FP16', bool: 'BOOL', string: 'BYTES' }[type], 'FP32'),
      shape: fc.constantFrom([1, 2], [1, 2], [1, 3], [2]),
      data: fc.oneof(
        row,
        row.map((values) => [values]),
      ),
    });
    // JSON Schema cannot tell how long data has to be: only lengths that fit are asked.
    const fits = tensor.filter(({ data }) => data.flat().length === 2);
    await agrees(model, '/v2/models/m/infer', fc.record({ inputs: fc.array(fits, { minLength: 1, maxLength: 1 }) }));
  });
});

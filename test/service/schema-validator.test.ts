/** The schema of the configuration is itself valid, and what the build compiles of it says what ajv says. */
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, it } from 'vitest';
import { SCHEMA } from '../../src/service/schema.ts';
import { schemaValidator } from '../../src/service/schema-validator.ts';

const BUILT = '../../dist/service/schema-validator.js';
const valid = {
  apiVersion: 'mlserve.dev/v1',
  name: 'fraud',
  version: '1.0.0',
  models: [{ name: 'fraud', path: 'model.onnx' }],
};

describe('the schema of mlserve.yaml', () => {
  it('is valid by the schema of schemas', () => {
    const ajv = new Ajv({ strict: true, allowUnionTypes: true });
    expect(ajv.validateSchema(SCHEMA)).toBe(true);
  });

  it.each([
    valid,
    {},
    [],
    { ...valid, name: 7, modles: [] },
    {
      ...valid,
      models: [{ name: 'é'.repeat(300), path: 1, features: { columns: [{ name: 'x', type: 'number', min: 'a' }] } }],
    },
    { ...valid, server: { port: -1, host: '' }, limits: { bodyBytes: 'many' } },
  ])('finds in %j what ajv finds', async (value) => {
    const built = (
      (await import(/* @vite-ignore */ BUILT)) as { schemaValidator(): ValidateFunction }
    ).schemaValidator();
    const fresh = schemaValidator();
    expect(built(value)).toBe(fresh(value));
    expect(built.errors).toEqual(fresh.errors);
  });
});

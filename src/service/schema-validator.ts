/** The schema of `mlserve.yaml` → its validator. The build puts in place of this module what ajv generates here (`scripts/compile-schema.js`). */
import { Ajv, type ValidateFunction } from 'ajv';
import { SCHEMA } from './schema.ts';

/** `verbose`: findings quote the schema and the value. The schema itself is checked against its own schema by a test, not at every start. */
export const AJV_OPTIONS = {
  allErrors: true,
  verbose: true,
  strict: true,
  allowUnionTypes: true,
  validateSchema: false,
  addUsedSchema: false,
} as const;

export function schemaValidator(): ValidateFunction {
  return new Ajv(AJV_OPTIONS).compile(SCHEMA);
}

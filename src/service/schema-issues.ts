/** Plain values × the schema → findings with places, and the paths of what is not valid. ajv's errors in our words. */
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Issue } from '../issue.ts';
import { closestName } from './closest-name.ts';
import { type ConfigPath, formatPath } from './config-path.ts';
import { API_VERSION, type JsonSchema } from './schema.ts';
import { schemaValidator } from './schema-validator.ts';

export interface SchemaFinding {
  readonly path: ConfigPath;
  /** The issue is about the key itself, not its value. */
  readonly isKey: boolean;
  /** Whether the thing at `path` must not be used. */
  readonly isInvalid: boolean;
  readonly issue: Omit<Issue, 'where'>;
}

/** Made on first use: where it is not compiled beforehand that takes tens of milliseconds. */
let validator: ValidateFunction | undefined;

/** Everything the schema has against a value. */
export function findSchemaIssues(value: unknown): readonly SchemaFinding[] {
  validator ??= schemaValidator();
  if (validator(value)) return [];
  const findings = withoutBranches(validator.errors ?? []).map((error) => finding(error, value));
  const said = new Set<string>();
  return findings.filter(({ path, issue }) => {
    const key = `${issue.rule} ${formatPath(path)}`;
    return !said.has(key) && said.add(key);
  });
}

/** An `anyOf` fails with the errors of every branch: keep those of the one branch whose type fits, or the `anyOf` alone. */
function withoutBranches(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const dropped = new Set<ErrorObject>();
  for (const outer of errors.filter(({ keyword }) => keyword === 'anyOf')) {
    const inner = errors.filter(
      ({ schemaPath, instancePath }) =>
        schemaPath.startsWith(`${outer.schemaPath}/`) && `${instancePath}/`.startsWith(`${outer.instancePath}/`),
    );
    const branch = ({ schemaPath }: ErrorObject): string =>
      schemaPath.slice(outer.schemaPath.length + 1).split('/')[0] ?? '';
    const misfits = inner.filter(
      ({ keyword, instancePath }) => instancePath === outer.instancePath && ['type', 'enum'].includes(keyword),
    );
    const fitting = new Set(inner.map(branch));
    for (const misfit of misfits) fitting.delete(branch(misfit));
    // The title of the whole says more than a pattern or a bound of one branch.
    const telling = inner.filter(
      (error) =>
        fitting.size === 1 &&
        fitting.has(branch(error)) &&
        (error.instancePath !== outer.instancePath || ['required', 'additionalProperties'].includes(error.keyword)),
    );
    for (const error of inner) if (!telling.includes(error)) dropped.add(error);
    if (telling.length > 0) dropped.add(outer);
  }
  return errors.filter((error) => !dropped.has(error));
}

function finding(error: ErrorObject, root: unknown): SchemaFinding {
  const path = pathOf(error.instancePath, root);
  const schema = (error.parentSchema ?? {}) as JsonSchema;
  if (error.keyword === 'additionalProperties') {
    return unknownKey(path, String(error.params.additionalProperty), Object.keys(schema.properties ?? {}));
  }
  if (error.keyword === 'required') {
    const key = String(error.params.missingProperty);
    const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
    const hint =
      key === 'apiVersion' ? `add "apiVersion: ${API_VERSION}"` : `add "${key}": ${expected(properties[key])}`;
    const message = `${formatPath(path) || 'the file'} lacks the key "${key}"`;
    return {
      path,
      isKey: false,
      isInvalid: false,
      issue: { rule: 'config.missing-key', severity: 'error', message, hint },
    };
  }
  const message = `${formatPath(path) || 'the file'} must be ${expected(schema)}, not ${show(error.data)}`;
  const rule = path.length === 0 ? 'config.not-a-mapping' : 'config.invalid-value';
  const hint = path.length === 0 ? 'start with "apiVersion", "name", "version" and "models"' : meaning(schema);
  return { path, isKey: false, isInvalid: true, issue: { rule, severity: 'error', message, hint } };
}

function unknownKey(parent: ConfigPath, key: string, known: readonly string[]): SchemaFinding {
  const meant = closestName(key, known);
  return {
    path: [...parent, key],
    isKey: true,
    isInvalid: true,
    issue: {
      rule: 'config.unknown-key',
      severity: 'error',
      message: `${formatPath([...parent, key])} is not a key that mlserve knows`,
      hint: meant === undefined ? `the keys here are ${known.join(', ')}` : `did you mean "${meant}"?`,
    },
  };
}

function expected(schema: JsonSchema | undefined): string {
  if (typeof schema?.title === 'string') return schema.title;
  const types = [schema?.type ?? 'something else'].flat().map((type) => `a ${type}`);
  return types.join(' or ');
}

function meaning(schema: JsonSchema): string {
  return typeof schema.description === 'string' ? schema.description : `write ${expected(schema)}`;
}

/** The value in short, as JSON. */
function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  if (value === null) return 'nothing';
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 60 ? text : `${text.slice(0, 57)}…"`;
}

/** JSON pointer → path; digits are positions where the value at that place is a list. */
function pathOf(pointer: string, root: unknown): ConfigPath {
  let value: unknown = root;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const isPosition = Array.isArray(value);
      value = (value as Record<string, unknown> | null | undefined)?.[key];
      return isPosition ? Number(key) : key;
    });
}

// The types of src/commands/json-results.ts → the files of schema/results: name without `.json` → text.
import { join } from 'node:path';
import {
  createFormatter,
  createParser,
  createProgram,
  LiteralType,
  NumberType,
  SchemaGenerator,
  StringType,
  ts,
  UnionType,
} from 'ts-json-schema-generator';

const ROOT = join(import.meta.dirname, '..');
const BASE = 'https://mlserve.dev/schema/results/v1';

/** 64-bit integers are numbers in JSON where a double holds them exactly, and strings beyond. */
const bigIntParser = {
  supportsNode: (node) => node.kind === ts.SyntaxKind.BigIntKeyword,
  createType: () => new UnionType([new NumberType(), new StringType()]),
};

/** `keyof typeof TABLE`: the words alone; the generator would read the functions of the table too. */
const keyOfParser = (checker) => ({
  supportsNode: (node) => node.kind === ts.SyntaxKind.TypeOperator && node.type.kind === ts.SyntaxKind.TypeQuery,
  createType(node) {
    const type = checker.getTypeFromTypeNode(node);
    return new UnionType((type.types ?? [type]).map(({ value }) => new LiteralType(value)));
  },
});

export function resultSchemas() {
  const config = {
    path: join(ROOT, 'src/commands/json-results.ts'),
    tsconfig: join(ROOT, 'tsconfig.json'),
    type: 'JsonResults',
    expose: 'export',
    topRef: false,
    jsDoc: 'extended',
    skipTypeCheck: true,
    sortProps: false,
  };
  const program = createProgram(config);
  const parser = createParser(program, config, (chain) => {
    chain.addNodeParser(bigIntParser);
    chain.addNodeParser(keyOfParser(program.getTypeChecker()));
  });
  const { properties, definitions = {} } = new SchemaGenerator(
    program,
    parser,
    createFormatter(config),
    config,
  ).createSchema(config.type);
  const defs = new Map(Object.entries(definitions).map(([name, schema]) => [refName(name), modern(schema)]));
  return new Map(Object.entries(properties).map(([command, schema]) => fileOf(command, modern(schema), defs)));
}

function fileOf(command, schema, defs) {
  const name = command.replaceAll(' ', '-');
  const head = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `${BASE}/${name}.json`,
    title: TITLES[command] ?? `What "mlserve ${command} --json" prints`,
  };
  const used = new Map();
  const collect = (part) => {
    for (const [, ref] of JSON.stringify(part).matchAll(/"#\/\$defs\/([^"]+)"/g)) {
      if (used.has(ref)) continue;
      used.set(ref, defs.get(ref));
      collect(defs.get(ref));
    }
  };
  collect(schema);
  const sorted = [...used].sort(([a], [b]) => (a < b ? -1 : 1));
  const whole = { ...head, ...schema, ...(sorted.length > 0 && { $defs: Object.fromEntries(sorted) }) };
  return [name, `${JSON.stringify(whole, null, 2)}\n`];
}

const TITLES = {
  error: 'What every command prints with --json when it fails',
  event: 'One line of the file that MLSERVE_OUTPUT_FILE names',
};

/** Names of types with arguments have characters that a reference must not have. */
function refName(name) {
  return name.replace(/[^A-Za-z0-9]+/g, '-').replace(/-$/, '');
}

/** Draft 7 → 2020-12; objects stay open, for keys are added within a version. */
function modern(schema) {
  if (Array.isArray(schema)) return schema.map(modern);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).flatMap(([key, value]) => {
    if (key === 'additionalProperties' && value === false) return [];
    if (key === '$ref')
      return [['$ref', `#/$defs/${refName(decodeURIComponent(value.slice('#/definitions/'.length)))}`]];
    if (key === 'items' && Array.isArray(value)) return [['prefixItems', modern(value)]];
    if (key === 'additionalItems') return [['items', modern(value)]];
    if (key === 'properties') {
      return [['properties', Object.fromEntries(Object.entries(value).map(([name, each]) => [name, modern(each)]))]];
    }
    // A member that may be undefined is absent from JSON.
    if (key === 'anyOf') return [['anyOf', modern(value.filter((each) => JSON.stringify(each) !== '{"not":{}}'))]];
    return [[key, modern(value)]];
  });
  return Object.fromEntries(entries);
}

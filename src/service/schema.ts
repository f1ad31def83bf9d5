/** The JSON Schema of `mlserve.yaml`: what the parser validates with and what editors complete from. `title` says what is expected. */
import { ENVIRONMENTS } from './deploy-spec.ts';
import { BYTES_PATTERN, DURATION_PATTERN, expectedSetting, type Setting, URL_PATH_PATTERN } from './settings.ts';
import { SETTINGS } from './settings-table.ts';

export const API_VERSION = 'mlserve.dev/v1';

export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** Semantic Versioning 2.0.0, semver.org. */
export const SEMVER =
  '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(-((0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(\\.(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(\\+([0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*))?$';
/** A DNS label: the name of the service becomes that of images and Kubernetes objects. */
const SERVICE_NAME = '^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$';
/** What a model may be called: it stands in the path of a URL. */
export const MODEL_NAME = '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$';

const object = (properties: Record<string, JsonSchema>, required: readonly string[], description: string) => ({
  type: 'object',
  title: 'a mapping of keys to values',
  description,
  additionalProperties: false,
  ...(required.length > 0 ? { required } : {}),
  properties,
});

const list = (items: JsonSchema, minItems: number, description: string) => ({
  type: 'array',
  title: minItems > 0 ? 'a list with at least one entry' : 'a list',
  description,
  items,
  ...(minItems > 0 ? { minItems } : {}),
});

const name = (description: string): JsonSchema => ({
  type: 'string',
  title: 'text of 1 to 256 characters',
  minLength: 1,
  maxLength: 256,
  description,
});

const version = (description: string): JsonSchema => ({
  type: 'string',
  title: 'a semantic version such as 1.4.0, in quotes where YAML would read a number',
  pattern: SEMVER,
  maxLength: 128,
  description,
});

const choice = (values: readonly string[], value: string, description: string): JsonSchema => ({
  enum: values,
  title: `one of ${values.join(', ')}`,
  default: value,
  description,
});

const LABEL: JsonSchema = { type: ['string', 'number', 'boolean'], title: 'a label' };

const COLUMN = object(
  {
    name: name('Name of the feature in requests.'),
    type: {
      enum: ['number', 'integer', 'boolean', 'string', 'category'],
      title: 'one of number, integer, boolean, string, category',
      description: 'What requests carry.',
    },
    input: name('The model input the column goes to; features.input, or the input of the same name, where absent.'),
    min: { type: 'number', title: 'a number', description: 'Smallest value allowed.' },
    max: { type: 'number', title: 'a number', description: 'Largest value allowed.' },
    unit: { type: 'string', title: 'text of at most 64 characters', maxLength: 64, description: 'For people.' },
    values: {
      title: 'a mapping of labels to numbers, or a list of labels',
      description:
        'Labels of a category: the number the model takes for each, or the labels of a model that takes text.',
      anyOf: [
        { type: 'object', minProperties: 1, additionalProperties: { type: 'number' } },
        { type: 'array', minItems: 1, items: LABEL },
      ],
    },
    pattern: {
      type: 'string',
      title: 'a regular expression of at most 1000 characters',
      maxLength: 1000,
      description: 'Regular expression that text must match somewhere; ^ and $ for the whole of it.',
    },
    maxLength: {
      type: 'integer',
      title: 'an integer from 1 to 1000000',
      minimum: 1,
      maximum: 1_000_000,
      description: 'Most characters of text; 10000 where absent.',
    },
    onMissing: {
      title: '"reject", "nan" or {impute: value}',
      description: 'What becomes of a row without this feature.',
      default: 'reject',
      anyOf: [{ enum: ['reject', 'nan'] }, object({ impute: LABEL }, ['impute'], 'The value to use.')],
    },
    onUnknown: choice(
      ['reject', 'ignore'],
      'reject',
      'A label that is not among the values: refuse, or take as missing.',
    ),
  },
  ['name', 'type'],
  'A named, typed column of the user’s world.',
);

const FEATURES = object(
  {
    input: name('The model input of all columns that name none.'),
    columns: list(COLUMN, 1, 'The columns, in the order in which the model takes them.'),
    onUnknownColumn: choice(['reject', 'ignore'], 'reject', 'A name in a request that is no column.'),
  },
  ['columns'],
  'What requests carry; without it the model speaks raw tensors only.',
);

function deviation(description: string): JsonSchema {
  return { type: 'number', title: 'a number of at least 0', minimum: 0, description };
}

const OUTPUT = object(
  {
    name: name('Name of the member in predictions.'),
    from: name('The model output it reads; the one of the same name where absent.'),
    labels: list(LABEL, 1, 'Names of the positions in the last dimension, or of the values of an integer output.'),
    argmax: {
      type: 'boolean',
      title: 'true or false',
      default: false,
      description: 'Answer the label (or index) of the largest value instead of all of them.',
    },
    tolerance: {
      title: '"exact", "argmax", or {absolute: number, relative: number}',
      description:
        'How far answers of tests may be from the expected ones: absolute + relative × |expected|, not at all, or as long as the largest of several is the same one.',
      anyOf: [
        { enum: ['exact', 'argmax'] },
        object(
          {
            absolute: deviation('How far an answer may be away, whatever the expected one is.'),
            relative: deviation('The same as a part of the expected answer.'),
          },
          [],
          'Both at once; a part left out has its default.',
        ),
      ],
    },
  },
  ['name'],
  'A member of every prediction.',
);

function settingSchema(setting: Setting): JsonSchema {
  const { kind, min, max, choices, description } = setting;
  const common = { title: expectedSetting(setting), default: setting.default, description };
  if (kind === 'text') {
    return { type: 'string', minLength: setting.default === '' ? 0 : 1, maxLength: 256, ...common };
  }
  if (kind === 'urlPath') return { type: 'string', pattern: URL_PATH_PATTERN, ...common };
  if (kind === 'choice') return { enum: choices, ...common };
  const integer = { type: 'integer', minimum: min, maximum: max };
  if (kind === 'integer') return { ...integer, ...common };
  if (kind === 'port') return { ...common, anyOf: [integer, { enum: ['off'] }] };
  const pattern = kind === 'bytes' ? BYTES_PATTERN : DURATION_PATTERN;
  return { ...common, anyOf: [integer, { type: 'string', pattern }] };
}

const SECTIONS: Readonly<Record<string, string>> = {
  server: 'Where the server listens.',
  tls: 'Encryption of the ports.',
  auth: 'Who may call.',
  admin: 'Who may load and unload models.',
  cors: 'Which web pages may call.',
  engine: 'How models run.',
  batching: 'How many rows run at once.',
  slo: 'What is promised under load.',
  limits: 'What a request may take.',
  drain: 'How the server stops.',
  image: 'What "mlserve build image" makes.',
  deploy: 'What "mlserve deploy" writes for Kubernetes.',
};

/** The sections that a model may have of its own. */
function modelSections(): Record<string, JsonSchema> {
  const settings = SETTINGS.filter((setting) => setting.perModel);
  const names = new Set(settings.map(({ path }) => path.slice(0, path.indexOf('.'))));
  return Object.fromEntries([...names].map((section) => [section, sectionSchema(section, settings)]));
}

function sectionSchema(section: string, settings: readonly Setting[] = SETTINGS): ReturnType<typeof object> {
  const own = settings.filter(({ path }) => path.startsWith(`${section}.`));
  const properties = own.map((setting) => [setting.path.slice(section.length + 1), settingSchema(setting)] as const);
  return object(Object.fromEntries(properties), [], SECTIONS[section] ?? '');
}

const PATCH = object(
  {
    kind: name('Kind of the objects: Deployment.'),
    apiVersion: name(
      'Their apiVersion, where a kind alone is not enough: serving.knative.dev/v1 for the Service of Knative.',
    ),
    name: name('Name of the object; every object of the kind where absent.'),
    env: {
      enum: ENVIRONMENTS,
      title: `one of ${ENVIRONMENTS.join(', ')}`,
      description: 'The environment it is for; all of them where absent.',
    },
    patch: {
      title: 'a mapping (strategic merge patch) or a list of operations (JSON patch)',
      description: 'What changes: a strategic merge patch, or a JSON patch (RFC 6902).',
      anyOf: [
        { type: 'object', minProperties: 1 },
        { type: 'array', minItems: 1, items: { type: 'object' } },
      ],
    },
  },
  ['kind', 'patch'],
  'A change to what is written, made last.',
);

/** Settings, and what no setting can say. */
function deploySchema(): JsonSchema {
  const section = sectionSchema('deploy');
  const patches = list(PATCH, 0, 'Changes to the objects, made last and in this order.');
  return { ...section, properties: { ...section.properties, patches } };
}

const MODEL = object(
  {
    name: {
      type: 'string',
      title: '1 to 128 letters, digits, dots, dashes and underscores, the first a letter or digit',
      pattern: MODEL_NAME,
      description: 'Name of the model in URLs.',
    },
    version: version('The version of the service where absent.'),
    path: name('The ONNX file, relative to this file.'),
    features: FEATURES,
    outputs: list(OUTPUT, 1, 'Members of a prediction; every model output under its own name where absent.'),
    examples: {
      title: 'a pattern such as examples/*.json, or a list of them',
      description: 'Golden requests with the answers they must get.',
      anyOf: [
        { type: 'string', minLength: 1 },
        { type: 'array', items: { type: 'string', minLength: 1 } },
      ],
    },
    ...modelSections(),
  },
  ['name', 'path'],
  'One model, or one version of it.',
);

export const SCHEMA: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'https://mlserve.dev/schema/v1.json',
  ...object(
    {
      apiVersion: { const: API_VERSION, title: API_VERSION, description: 'The version of this format.' },
      name: {
        type: 'string',
        title: '1 to 63 lower-case letters, digits and dashes, the first a letter, the last no dash',
        pattern: SERVICE_NAME,
        description: 'Name of the service.',
      },
      version: version('What the service promises, as a semantic version.'),
      models: list(MODEL, 1, 'The models; the first is the default.'),
      ...Object.fromEntries(Object.keys(SECTIONS).map((section) => [section, sectionSchema(section)])),
      deploy: deploySchema(),
    },
    ['apiVersion', 'name', 'version', 'models'],
    'A service around ONNX models: mlserve.yaml.',
  ),
};

/** The schema as `schema/mlserve.schema.json` holds it. */
export function schemaText(): string {
  return `${JSON.stringify(SCHEMA, null, 2)}\n`;
}

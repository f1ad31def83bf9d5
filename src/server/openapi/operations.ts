/** The one table of what the document says about each route: what it is for, what it takes, what it answers when it goes well. */
import type { ModelNames, ModelParts } from './model-parts.ts';
import { anyOf, objectOf, ref, type Schema } from './schema.ts';

export const TAGS = {
  Prediction: 'Rows of named features or raw tensors in, one prediction a row out.',
  'Open Inference Protocol V2': 'Tensors in, tensors out, as clients of KServe and Triton speak.',
  Platforms: 'What KServe V1, Amazon SageMaker and Vertex AI call.',
  Operations: 'Health, metrics, and what is served.',
} as const;

export interface Content {
  readonly type: string;
  readonly schema: Schema;
  /** Names of the document's examples. */
  readonly examples?: readonly string[];
}

export interface AnswerDoc {
  readonly description: string;
  readonly content: readonly Content[];
  /** Beside those of every answer. */
  readonly headers?: Schema;
}

export interface Operation {
  readonly id: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description?: string;
  /** Of the models that the route can address. */
  readonly body?: (models: readonly ModelParts[]) => readonly Content[];
  /** Answers by status, but for the refusals that all routes share. */
  readonly answers: (models: readonly ModelParts[]) => Readonly<Record<number, AnswerDoc>>;
}

const JSON_TYPE = 'application/json';
const CSV_TYPE = 'text/csv';
const json = (description: string, schema: Schema): AnswerDoc => ({
  description,
  content: [{ type: JSON_TYPE, schema }],
});
const text = (type: string, description: string, headers: Schema = {}): AnswerDoc => ({
  description,
  content: [{ type, schema: { type: 'string' } }],
  headers,
});

const schemasFor = (models: readonly ModelParts[], use: keyof ModelNames): Schema =>
  anyOf(models.map(({ names }) => ref(names[use])));

function bodyOf(use: 'predictRequest' | 'inferRequest', example: 'predictExample' | 'inferExample') {
  return (models: readonly ModelParts[]): readonly Content[] => {
    const shown = models.flatMap(({ names, examples }) => {
      const name = names[example];
      return Object.hasOwn(examples, name) ? [name] : [];
    });
    return [{ type: JSON_TYPE, schema: schemasFor(models, use), examples: shown }];
  };
}

const predictBody = bodyOf('predictRequest', 'predictExample');
const predicted = (models: readonly ModelParts[]) => ({
  200: json('One prediction a row, and which model made them.', schemasFor(models, 'predictResponse')),
});
const bare = (models: readonly ModelParts[]) => ({
  200: json('One prediction a row.', schemasFor(models, 'bareResponse')),
});
const CSV: Content = { type: CSV_TYPE, schema: { type: 'string', description: 'One row a line, no header.' } };

const fixed = (answers: Readonly<Record<number, AnswerDoc>>) => () => answers;
const name: Schema = { type: 'string' };
const isTrue: Schema = { const: true };
const notReady: Readonly<Record<string, Schema>> = { ready: { const: false }, error: { type: 'string' } };
const statusOf = (...statuses: readonly string[]): Schema => objectOf({ status: { enum: statuses } });
const NO_FILE = json('The files of the page are not installed.', ref('Error'));
const PROBE = {
  200: json('Every model is ready.', ref('Readiness')),
  503: json('Not ready, or about to stop.', ref('Readiness')),
};

/** By method and path, without the part that names a version. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'POST /predict': {
    id: 'predict',
    tag: 'Prediction',
    summary: 'Predict with the default model',
    body: predictBody,
    answers: predicted,
  },
  'POST /models/{model}/predict': {
    id: 'predictModel',
    tag: 'Prediction',
    summary: 'Predict with a model',
    body: predictBody,
    answers: predicted,
  },
  'GET /v2': {
    id: 'serverMetadata',
    tag: 'Open Inference Protocol V2',
    summary: 'Name, version and extensions of the server',
    answers: fixed({
      200: json('The server.', objectOf({ name, version: name, extensions: { type: 'array', items: name } })),
    }),
  },
  'GET /v2/health/live': {
    id: 'serverLive',
    tag: 'Open Inference Protocol V2',
    summary: 'Whether the server is alive',
    answers: fixed({ 200: json('It is.', objectOf({ live: isTrue })) }),
  },
  'GET /v2/health/ready': {
    id: 'serverReady',
    tag: 'Open Inference Protocol V2',
    summary: 'Whether every model is ready',
    answers: fixed({
      200: json('They are.', objectOf({ ready: isTrue })),
      503: json('Not all are, or the server is about to stop.', objectOf(notReady)),
    }),
  },
  'GET /v2/models/{model}': {
    id: 'modelMetadata',
    tag: 'Open Inference Protocol V2',
    summary: 'Inputs, outputs and digests of a model',
    answers: fixed({ 200: json('The model.', ref('ModelMetadata')) }),
  },
  'GET /v2/models/{model}/ready': {
    id: 'modelReady',
    tag: 'Open Inference Protocol V2',
    summary: 'Whether a model is ready',
    answers: fixed({
      200: json('It is.', objectOf({ name, ready: isTrue })),
      503: json('It is not, or the server is about to stop.', objectOf({ name, ...notReady })),
    }),
  },
  'POST /v2/models/{model}/infer': {
    id: 'infer',
    tag: 'Open Inference Protocol V2',
    summary: 'Infer with a model',
    body: bodyOf('inferRequest', 'inferExample'),
    answers: (models) => ({ 200: json('The outputs.', schemasFor(models, 'inferResponse')) }),
  },
  'GET /v1/models': {
    id: 'listModelsV1',
    tag: 'Platforms',
    summary: 'KServe V1: names of the models',
    answers: fixed({ 200: json('The names.', objectOf({ models: { type: 'array', items: name } })) }),
  },
  'GET /v1/models/{model}': {
    id: 'modelReadyV1',
    tag: 'Platforms',
    summary: 'KServe V1: whether a model is ready',
    answers: fixed({
      200: json('It is.', objectOf({ name, ready: isTrue })),
      503: json('It is not, or the server is about to stop.', ref('Error')),
    }),
  },
  'POST /v1/models/{model}:predict': {
    id: 'predictV1',
    tag: 'Platforms',
    summary: 'KServe V1: predict with a model',
    body: predictBody,
    answers: bare,
  },
  'GET /ping': {
    id: 'ping',
    tag: 'Platforms',
    summary: 'SageMaker: whether every model is ready',
    answers: fixed(PROBE),
  },
  'POST /invocations': {
    id: 'invocations',
    tag: 'Platforms',
    summary: 'SageMaker: predict with the default model',
    description:
      'Rows as CSV have their values in the order of the features. Predictions are CSV where Accept asks for it.',
    body: (models) => [...predictBody(models), CSV],
    answers: (models) => {
      const { 200: answer } = bare(models);
      return { 200: { ...answer, content: [...answer.content, CSV] } };
    },
  },
  'GET /livez': {
    id: 'livez',
    tag: 'Operations',
    summary: 'Whether the process answers',
    answers: fixed({ 200: json('It does.', statusOf('live')) }),
  },
  'GET /readyz': {
    id: 'readyz',
    tag: 'Operations',
    summary: 'Whether the service is ready for traffic, and the state of each model',
    answers: fixed(PROBE),
  },
  'GET /startupz': {
    id: 'startupz',
    tag: 'Operations',
    summary: 'Whether every model has been ready',
    answers: fixed({
      200: json('Each has been.', statusOf('started')),
      503: json('Not yet.', statusOf('starting')),
    }),
  },
  'GET /metrics': {
    id: 'metrics',
    tag: 'Operations',
    summary: 'Metrics in the Prometheus text format',
    answers: fixed({ 200: text('text/plain', 'The metrics.') }),
  },
  'GET /openapi.json': {
    id: 'openApi',
    tag: 'Operations',
    summary: 'This document',
    answers: fixed({ 200: json('An OpenAPI 3.1 document.', { type: 'object' }) }),
  },
  'GET /docs': {
    id: 'docs',
    tag: 'Operations',
    summary: 'This document as a page to read and try',
    answers: fixed({
      200: text('text/html', 'The page.', {
        'Content-Security-Policy': { required: true, schema: name },
        'Referrer-Policy': { required: true, schema: name },
      }),
      404: NO_FILE,
    }),
  },
  'GET /docs/page.js': {
    id: 'docsScript',
    tag: 'Operations',
    summary: 'Starts the page',
    answers: fixed({ 200: text('text/javascript', 'A script.') }),
  },
  'GET /docs/swagger-ui-bundle.js': {
    id: 'docsBundle',
    tag: 'Operations',
    summary: 'Swagger UI, which makes the page',
    answers: fixed({ 200: text('text/javascript', 'A script.'), 404: NO_FILE }),
  },
  'GET /docs/swagger-ui.css': {
    id: 'docsStyle',
    tag: 'Operations',
    summary: 'The style of the page',
    answers: fixed({ 200: text('text/css', 'A style sheet.'), 404: NO_FILE }),
  },
  'GET /': {
    id: 'index',
    tag: 'Operations',
    summary: 'The models, and where they answer',
    answers: fixed({
      200: json(
        'What is served.',
        objectOf({
          service: objectOf({ name, version: name }),
          models: { type: 'array', items: ref('Identity') },
          routes: { type: 'array', items: name },
        }),
      ),
    }),
  },
};

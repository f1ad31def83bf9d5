/** What the document says about the Open Inference Protocol V2 and its extensions. */
import { exampleBody, fixed, json, jsonBody, type Operation, type Operations, schemasFor } from './operation.ts';
import { arrayOf, objectOf, ref, type Schema } from './schema.ts';
import { REPOSITORY_STATES } from './v2-schemas.ts';

const tag = 'Open Inference Protocol V2';
const name: Schema = { type: 'string' };
const isTrue: Schema = { const: true };
const notReady: Readonly<Record<string, Schema>> = { ready: { const: false }, error: { type: 'string' } };

const BYTES = {
  type: 'application/octet-stream',
  schema: { type: 'string', description: 'The JSON, and after it the bytes of tensors in their order.' },
} as const;
const HEADER_LENGTH: Schema = {
  'Inference-Header-Content-Length': {
    description: 'Bytes of the JSON, where bytes of tensors follow.',
    schema: { type: 'string', pattern: '^\\d+$' },
  },
};
const statistics: Operation['answers'] = fixed({
  200: json('Counts and times since the process started.', ref('Statistics')),
});

const change = (verb: 'load' | 'unload', summary: string): Operation => ({
  id: `${verb}Model`,
  tag,
  summary,
  body: jsonBody(objectOf({ parameters: { type: 'object' } }, ['parameters'])),
  isBodyOptional: true,
  answers: fixed({
    200: json('Done.', objectOf({ name, [verb]: isTrue })),
    404: json('The project has no model of that name.', ref('Error')),
  }),
});

export const V2_OPERATIONS: Operations = {
  'GET /v2': {
    id: 'serverMetadata',
    tag,
    summary: 'Name, version and extensions of the server',
    answers: fixed({ 200: json('The server.', objectOf({ name, version: name, extensions: arrayOf(name) })) }),
  },
  'GET /v2/health/live': {
    id: 'serverLive',
    tag,
    summary: 'Whether the server is alive',
    answers: fixed({ 200: json('It is.', objectOf({ live: isTrue })) }),
  },
  'GET /v2/health/ready': {
    id: 'serverReady',
    tag,
    summary: 'Whether every model is ready',
    answers: fixed({
      200: json('They are.', objectOf({ ready: isTrue })),
      503: json('Not all are, or the server is about to stop.', objectOf(notReady)),
    }),
  },
  'GET /v2/models/{model}': {
    id: 'modelMetadata',
    tag,
    summary: 'Inputs, outputs and digests of a model',
    answers: fixed({ 200: json('The model.', ref('ModelMetadata')) }),
  },
  'GET /v2/models/{model}/ready': {
    id: 'modelReady',
    tag,
    summary: 'Whether a model is ready',
    answers: fixed({
      200: json('It is.', objectOf({ name, ready: isTrue })),
      503: json('It is not, or the server is about to stop.', objectOf({ name, ...notReady })),
    }),
  },
  'GET /v2/models/{model}/config': {
    id: 'modelConfig',
    tag,
    summary: 'A model in the words of the model configuration extension',
    answers: fixed({ 200: json('The configuration.', ref('ModelConfig')) }),
  },
  'GET /v2/models/{model}/stats': {
    id: 'modelStatistics',
    tag,
    summary: 'Statistics of a model',
    answers: statistics,
  },
  'GET /v2/models/stats': {
    id: 'allStatistics',
    tag,
    summary: 'Statistics of every model',
    answers: statistics,
  },
  'POST /v2/models/{model}/infer': {
    id: 'infer',
    tag,
    summary: 'Infer with a model',
    description: 'Tensors as JSON, or as bytes after the JSON.',
    body: (models) => [...exampleBody('inferRequest', 'inferExample')(models), BYTES],
    parameters: ['HeaderLength'],
    answers: (models) => {
      const { description, content } = json('The outputs.', schemasFor(models, 'inferResponse'));
      return { 200: { description, content: [...content, BYTES], headers: HEADER_LENGTH } };
    },
  },
  'POST /v2/repository/index': {
    id: 'repositoryIndex',
    tag,
    summary: 'The models and their states',
    body: jsonBody(objectOf({ ready: { type: 'boolean', description: 'Only those that are ready.' } }, ['ready'])),
    isBodyOptional: true,
    answers: fixed({
      200: json(
        'Every version of every model.',
        arrayOf(objectOf({ name, version: name, state: { enum: REPOSITORY_STATES }, reason: name })),
      ),
    }),
  },
  'POST /v2/repository/models/{name}/load': change('load', 'Load a model again, from the disk of the service'),
  'POST /v2/repository/models/{name}/unload': change('unload', 'Unload a model'),
};

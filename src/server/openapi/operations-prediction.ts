/** What the document says about `/predict`, and about what platforms call. */
import type { ModelParts } from './model-parts.ts';
import { type Content, exampleBody, fixed, json, type Operations, schemasFor } from './operation.ts';
import { arrayOf, objectOf, ref, type Schema } from './schema.ts';
import { READINESS } from './shared.ts';

const rows = exampleBody('predictRequest', 'predictExample');
const predicted = (models: readonly ModelParts[]) => ({
  200: json('One prediction a row, and which model made them.', schemasFor(models, 'predictResponse')),
});
const bare = (models: readonly ModelParts[]) => ({
  200: json('One prediction a row.', schemasFor(models, 'bareResponse')),
});
const CSV: Content = { type: 'text/csv', schema: { type: 'string', description: 'One row a line, no header.' } };
const name: Schema = { type: 'string' };

export const PREDICTION_OPERATIONS: Operations = {
  'POST /predict': {
    id: 'predict',
    tag: 'Prediction',
    summary: 'Predict with the default model',
    body: rows,
    answers: predicted,
  },
  'POST /models/{model}/predict': {
    id: 'predictModel',
    tag: 'Prediction',
    summary: 'Predict with a model',
    body: rows,
    answers: predicted,
  },
  'GET /v1/models': {
    id: 'listModelsV1',
    tag: 'Platforms',
    summary: 'KServe V1: names of the models',
    answers: fixed({ 200: json('The names.', objectOf({ models: arrayOf(name) })) }),
  },
  'GET /v1/models/{model}': {
    id: 'modelReadyV1',
    tag: 'Platforms',
    summary: 'KServe V1: whether a model is ready',
    answers: fixed({
      200: json('It is.', objectOf({ name, ready: { const: true } })),
      503: json('It is not, or the server is about to stop.', ref('Error')),
    }),
  },
  'POST /v1/models/{model}:predict': {
    id: 'predictV1',
    tag: 'Platforms',
    summary: 'KServe V1: predict with a model',
    body: rows,
    answers: bare,
  },
  'GET /ping': {
    id: 'ping',
    tag: 'Platforms',
    summary: 'SageMaker: whether every model is ready',
    answers: fixed(READINESS),
  },
  'POST /invocations': {
    id: 'invocations',
    tag: 'Platforms',
    summary: 'SageMaker: predict with the default model',
    description:
      'Rows as CSV have their values in the order of the features. Predictions are CSV where Accept asks for it.',
    body: (models) => [...rows(models), CSV],
    answers: (models) => {
      const { 200: answer } = bare(models);
      return { 200: { ...answer, content: [...answer.content, CSV] } };
    },
  },
};

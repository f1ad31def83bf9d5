/** What the document says about health, metrics, and itself. */
import { fixed, json, type Operations, text } from './operation.ts';
import { arrayOf, objectOf, ref, type Schema } from './schema.ts';
import { READINESS } from './shared.ts';

const tag = 'Operations';
const name: Schema = { type: 'string' };
const statusOf = (...statuses: readonly string[]): Schema => objectOf({ status: { enum: statuses } });
const CACHED = { 'Cache-Control': { required: true, schema: name } };
const NO_FILE = json('The files of the page are not installed.', ref('Error'));

export const SERVICE_OPERATIONS: Operations = {
  'GET /livez': {
    id: 'livez',
    tag,
    summary: 'Whether the process answers',
    answers: fixed({ 200: json('It does.', statusOf('live')) }),
  },
  'GET /readyz': {
    id: 'readyz',
    tag,
    summary: 'Whether the service is ready for traffic, and the state of each model',
    answers: fixed(READINESS),
  },
  'GET /startupz': {
    id: 'startupz',
    tag,
    summary: 'Whether every model has been ready',
    answers: fixed({
      200: json('Each has been.', statusOf('started')),
      503: json('Not yet.', statusOf('starting')),
    }),
  },
  'GET /metrics': {
    id: 'metrics',
    tag,
    summary: 'Metrics in the Prometheus text format',
    answers: fixed({ 200: text('text/plain', 'The metrics.') }),
  },
  'GET /openapi.json': {
    id: 'openApi',
    tag,
    summary: 'This document',
    answers: fixed({ 200: json('An OpenAPI 3.1 document.', { type: 'object' }) }),
  },
  'GET /docs': {
    id: 'docs',
    tag,
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
    tag,
    summary: 'Starts the page',
    answers: fixed({ 200: text('text/javascript', 'A script.') }),
  },
  'GET /docs/swagger-ui-bundle.js': {
    id: 'docsBundle',
    tag,
    summary: 'Swagger UI, which makes the page',
    answers: fixed({ 200: text('text/javascript', 'A script.', CACHED), 404: NO_FILE }),
  },
  'GET /docs/swagger-ui.css': {
    id: 'docsStyle',
    tag,
    summary: 'The style of the page',
    answers: fixed({ 200: text('text/css', 'A style sheet.', CACHED), 404: NO_FILE }),
  },
  'GET /': {
    id: 'index',
    tag,
    summary: 'The models, and where they answer',
    answers: fixed({
      200: json(
        'What is served.',
        objectOf({
          service: objectOf({ name, version: name }),
          models: arrayOf(ref('Identity')),
          routes: arrayOf(name),
        }),
      ),
    }),
  },
};

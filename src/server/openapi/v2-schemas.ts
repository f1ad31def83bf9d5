/** Schemas of what the Open Inference Protocol V2 and its extensions tell about models, the same for every model. */
import { arrayOf, objectOf, type Schema } from './schema.ts';

const text: Schema = { type: 'string' };
const whole: Schema = { type: 'integer', minimum: 0 };
const dims: Schema = {
  ...arrayOf({ type: 'integer', minimum: -1 }),
  description: 'A dimension of -1 may have any size.',
};
const DIGEST: Schema = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' };
const tensorMetadata = objectOf({ name: text, datatype: text, shape: dims });
const tensorConfig = { name: text, data_type: { type: 'string', pattern: '^TYPE_' }, dims } as const;
const duration = objectOf({ count: whole, ns: whole });
const stages = { compute_input: duration, compute_infer: duration, compute_output: duration };

export const REPOSITORY_STATES = ['READY', 'LOADING', 'UNLOADING', 'UNAVAILABLE'];

export const V2_SCHEMAS: Readonly<Record<string, Schema>> = {
  ModelMetadata: objectOf({
    name: text,
    versions: arrayOf(text),
    platform: text,
    inputs: arrayOf(tensorMetadata),
    outputs: arrayOf(tensorMetadata),
    properties: objectOf({ digest: DIGEST, graph: DIGEST, weights: DIGEST, signature: DIGEST }),
  }),
  ModelConfig: objectOf(
    {
      name: text,
      platform: text,
      backend: text,
      version_policy: objectOf({ specific: objectOf({ versions: arrayOf(text) }) }),
      max_batch_size: { ...whole, description: '0: the first dimension is no number of rows.' },
      input: arrayOf(
        objectOf({
          ...tensorConfig,
          format: { enum: ['FORMAT_NONE', 'FORMAT_NCHW', 'FORMAT_NHWC'] },
          is_shape_tensor: { type: 'boolean' },
          allow_ragged_batch: { type: 'boolean' },
          optional: { type: 'boolean' },
        }),
      ),
      output: arrayOf(objectOf(tensorConfig)),
      instance_group: arrayOf(objectOf({ kind: text, count: whole })),
      dynamic_batching: objectOf({ max_queue_delay_microseconds: whole }),
      model_transaction_policy: objectOf({ decoupled: { type: 'boolean' } }),
      response_cache: objectOf({ enable: { type: 'boolean' } }),
    },
    ['dynamic_batching'],
  ),
  Statistics: objectOf({
    model_stats: arrayOf(
      objectOf({
        name: text,
        version: text,
        last_inference: { ...whole, description: 'Milliseconds since 1970; 0: none yet.' },
        inference_count: whole,
        execution_count: whole,
        inference_stats: objectOf({
          success: duration,
          fail: duration,
          queue: duration,
          ...stages,
          cache_hit: duration,
          cache_miss: duration,
        }),
        response_stats: { type: 'object' },
        batch_stats: arrayOf(objectOf({ batch_size: whole, ...stages })),
        memory_usage: arrayOf({ type: 'object' }),
      }),
    ),
  }),
};

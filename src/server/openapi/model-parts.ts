/** A served model → its part of the document: named schemas of its requests and answers, and examples. */
import type { ServedModel } from '../contract.ts';
import { inferExample, predictExample } from './examples.ts';
import { inferRequest, inferResponse } from './infer-schema.ts';
import { predictionMembers } from './prediction-schema.ts';
import { featureRow, tensorRow, wholeInputs } from './row-schema.ts';
import { arrayOf, type Json, objectOf, ref, type Schema } from './schema.ts';

export interface ModelParts {
  readonly served: ServedModel;
  /** Whether requests that name no version mean this one. */
  readonly isDefaultVersion: boolean;
  readonly schemas: Readonly<Record<string, Schema>>;
  /** Names of the schemas and examples, by use. */
  readonly names: ModelNames;
  /** Bodies to try; without those that could not be made. */
  readonly examples: Readonly<Record<string, Schema>>;
}

export interface ModelNames {
  readonly predictRequest: string;
  readonly predictResponse: string;
  /** The predictions without the identity, as KServe V1, SageMaker and Vertex AI have them. */
  readonly bareResponse: string;
  readonly inferRequest: string;
  readonly inferResponse: string;
  readonly predictExample: string;
  readonly inferExample: string;
}

export interface ModelPlace {
  /** Begins the names of its components. */
  readonly prefix: string;
  readonly isDefaultVersion: boolean;
  /** In one request. */
  readonly mostRows: number;
}

export function modelParts(served: ServedModel, { prefix, isDefaultVersion, mostRows }: ModelPlace): ModelParts {
  const { spec, signature, outputs, golden } = served;
  const name = (use: string): string => `${prefix}.${use}`;
  const names: ModelNames = {
    predictRequest: name('PredictRequest'),
    predictResponse: name('PredictResponse'),
    bareResponse: name('Predictions'),
    inferRequest: name('InferRequest'),
    inferResponse: name('InferResponse'),
    predictExample: name('Predict'),
    inferExample: name('Infer'),
  };
  const members = predictionMembers(outputs.members, signature);
  const example = predictExample(served);
  const isGolden = example !== undefined && example === golden?.request;
  // Tells the alternatives apart where a path means several models.
  const titled = (use: string, schema: Schema): Schema => ({
    title: `${spec.name} ${spec.version}: ${use}`,
    ...schema,
  });
  const summary = `${spec.name} ${spec.version}: ${isGolden ? 'a golden example' : 'made-up values'}`;
  return {
    served,
    isDefaultVersion,
    names,
    schemas: {
      [name('Row')]: spec.features === undefined ? tensorRow(signature) : featureRow(spec.features, signature),
      [names.predictRequest]: titled('rows or tensors', {
        type: 'object',
        properties: {
          instances: {
            ...arrayOf(ref(name('Row')), { min: 1, max: mostRows }),
            description: 'Rows, one prediction each.',
          },
          inputs: { ...wholeInputs(signature), description: 'Whole tensors by input name, instead of rows.' },
        },
        oneOf: [{ required: ['instances'] }, { required: ['inputs'] }],
      }),
      [name('Prediction')]: objectOf(members),
      [names.predictResponse]: titled(
        'predictions and their model',
        objectOf({
          model: ref('Identity'),
          requestId: { type: 'string' },
          predictions: arrayOf(ref(name('Prediction'))),
        }),
      ),
      [names.bareResponse]: titled(
        'predictions',
        objectOf({ predictions: arrayOf(bareSchema(members, name('Prediction'))) }),
      ),
      [names.inferRequest]: titled('V2 request', inferRequest(signature)),
      [names.inferResponse]: titled('V2 response', inferResponse(spec.name, spec.version, signature)),
    },
    examples: {
      ...exampleAs(names.predictExample, summary, example),
      ...exampleAs(names.inferExample, summary, inferExample(served, example)),
    },
  };
}

function exampleAs(name: string, summary: string, value: Json | undefined): Readonly<Record<string, Schema>> {
  return value === undefined ? {} : { [name]: { summary, value } };
}

/** A prediction of one member is its value. */
function bareSchema(members: Readonly<Record<string, Schema>>, prediction: string): Schema {
  const [only, ...others] = Object.values(members);
  return only !== undefined && others.length === 0 ? only : ref(prediction);
}

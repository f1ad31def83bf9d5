/** What the document says about a route: the types of the tables of operations, and their shortest forms. */
import type { ModelNames, ModelParts } from './model-parts.ts';
import { anyOf, ref, type Schema } from './schema.ts';

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

/** `models`: those that the route can address. */
export interface Operation {
  readonly id: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description?: string;
  readonly body?: (models: readonly ModelParts[]) => readonly Content[];
  /** Whether a request may do without a body. */
  readonly isBodyOptional?: boolean;
  /** Headers of a request, by the name of their component, beside those of every prediction. */
  readonly parameters?: readonly string[];
  /** Answers by status, but for the refusals that all routes share. */
  readonly answers: (models: readonly ModelParts[]) => Readonly<Record<number, AnswerDoc>>;
}

/** By method and path, without the part that names a version. */
export type Operations = Readonly<Record<string, Operation>>;

const JSON_TYPE = 'application/json';

export function json(description: string, schema: Schema): AnswerDoc {
  return { description, content: [{ type: JSON_TYPE, schema }] };
}

export function text(type: string, description: string, headers: Schema = {}): AnswerDoc {
  return { description, content: [{ type, schema: { type: 'string' } }], headers };
}

/** Answers that are the same for all models. */
export function fixed(answers: Readonly<Record<number, AnswerDoc>>): Operation['answers'] {
  return () => answers;
}

export function jsonBody(schema: Schema): NonNullable<Operation['body']> {
  return () => [{ type: JSON_TYPE, schema }];
}

/** The schemas of a use, one for each model. */
export function schemasFor(models: readonly ModelParts[], use: keyof ModelNames): Schema {
  return anyOf(models.map(({ names }) => ref(names[use])));
}

/** A JSON body with the examples of the models that have one. */
export function exampleBody(use: 'predictRequest' | 'inferRequest', example: 'predictExample' | 'inferExample') {
  return (models: readonly ModelParts[]): readonly Content[] => {
    const shown = models.flatMap(({ names, examples }) => {
      const name = names[example];
      return Object.hasOwn(examples, name) ? [name] : [];
    });
    return [{ type: JSON_TYPE, schema: schemasFor(models, use), examples: shown }];
  };
}

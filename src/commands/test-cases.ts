/** The golden examples of a project → what is to be asked of its models, and which answers are expected. */
import { join } from 'node:path';
import type { Issue } from '../issue.ts';
import type { Io } from '../ports.ts';
import type { ServedModel } from '../server/contract.ts';
import { parseJson } from '../server/json/read-value.ts';
import type { PredictionValue } from '../service/codec.ts';
import { isObject } from '../service/is-object.ts';
import { jsonText } from '../service/rows/write-json.ts';
import type { Tolerances } from '../service/tolerance.ts';
import { parseExample } from './ask-example.ts';
import { noneFound } from './run-examples.ts';

export interface TestCase {
  /** The file of an example, or the lines of a file of rows. */
  readonly name: string;
  readonly model: ServedModel;
  readonly request: PredictionValue;
  /** Undefined: nothing is known, and answers are compared with each other alone. */
  readonly expected: readonly PredictionValue[] | undefined;
  readonly tolerance: Tolerances;
  /** Where findings about the request and the predictions are, and the file of the expected ones where that is not the example. */
  readonly places: { readonly request: string; readonly predictions: string; readonly file?: string | undefined };
}

export interface GatheredCases {
  readonly cases: readonly TestCase[];
  readonly issues: readonly Issue[];
}

/** `isUpdate`: an example may do without a response, which is then to be recorded. */
export async function goldenCases(
  {
    dir,
    models,
    isUpdate,
  }: { readonly dir: string; readonly models: readonly ServedModel[]; readonly isUpdate: boolean },
  { files }: Pick<Io, 'files'>,
): Promise<GatheredCases> {
  const cases: TestCase[] = [];
  const issues: Issue[] = [];
  for (const model of models) {
    for (const pattern of model.spec.examples) {
      const paths = await files.glob(dir, pattern);
      if (paths.length === 0) issues.push(noneFound(pattern));
      for (const name of paths) {
        const text = await files.readText(join(dir, name));
        const golden = parseExample(isUpdate ? withResponse(text) : text, name);
        if (!('predictions' in golden)) {
          issues.push(...golden);
          continue;
        }
        const { request, predictions: expected, tolerance } = golden;
        const places = { request: `${name}#/request`, predictions: `${name}#/response/predictions` };
        cases.push({ name, model, request, expected, tolerance, places });
      }
    }
  }
  return { cases, issues };
}

/** A test of nothing must not pass. */
export function nothingAsked(cases: readonly TestCase[]): readonly Issue[] {
  if (cases.length > 0) return [];
  const message = 'there was nothing to ask: neither a golden example nor a row';
  const hint = 'write golden examples and name them under "examples", or give rows with --file';
  return [{ rule: 'parity.nothing-asked', severity: 'error', where: 'mlserve.yaml', message, hint }];
}

/** Without a response one that no answer is like. What is not JSON stays as it is, for the reader to complain of. */
function withResponse(text: string): string {
  try {
    const document = parseJson(text) as PredictionValue;
    if (!isObject(document) || document.response !== undefined) return text;
    return jsonText({ ...document, response: { predictions: [] } });
  } catch {
    return text;
  }
}

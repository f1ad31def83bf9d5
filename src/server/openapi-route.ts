/** `GET /openapi.json`: the document of the service with the models that it serves at this moment. */
import { jsonText } from '../service/rows/write-json.ts';
import type { ModelTable } from './model-table.ts';
import { type Answer, JSON_TYPE, type Service } from './service.ts';

/** A table of models is replaced as a whole, and its document with it. */
const texts = new WeakMap<ModelTable, string>();

export async function openApi({ spec, models, routes }: Service): Promise<Answer> {
  const table = models();
  // Loaded when somebody asks: a service that nobody reads about starts without it.
  const { openApiDocument } = await import('./openapi/document.ts');
  const known = texts.get(table);
  const body = known ?? jsonText(openApiDocument({ spec, models: table.entries.map(({ served }) => served), routes }));
  if (known === undefined) texts.set(table, body);
  return { status: 200, type: JSON_TYPE, body };
}

/** Text of `mlserve.yaml` and fixture models → a project in a folder, what is served of it, and its OpenAPI document. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openProject, type ReadProject } from '../../src/commands/project.ts';
import { readServedModels } from '../../src/commands/served-models.ts';
import type { ServedModel } from '../../src/server/contract.ts';
import { openApiDocument } from '../../src/server/openapi/document.ts';
import { routesOf, routesOn } from '../../src/server/routes.ts';
import { jsonText } from '../../src/service/rows/write-json.ts';
import { fixturePath } from './fixtures.ts';
import { testIo } from './test-io.ts';

export interface Documented {
  readonly project: ReadProject;
  readonly models: readonly ServedModel[];
  /** As clients read it. */
  readonly document: DocumentJson;
}

/** What the tests look at. */
export interface DocumentJson {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

/** `models/NAME/model.onnx` is the fixture `group/NAME`, for each of `fixtures`; `files` are written beside `mlserve.yaml`. */
export async function documented(
  dir: string,
  yaml: string,
  fixtures: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<Documented> {
  for (const fixture of fixtures) {
    await cp(dirname(fixturePath(fixture)), join(dir, 'models', fixture.split('/')[1] ?? ''), { recursive: true });
  }
  for (const [path, text] of Object.entries({ 'mlserve.yaml': yaml, ...files })) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  const io = testIo(dir);
  const project = await openProject('.', {}, io);
  const { models } = await readServedModels(project, io);
  const { spec } = project;
  const document = JSON.parse(
    jsonText(openApiDocument({ spec, models, routes: routesOn('main', spec, routesOf(spec)) })),
  );
  return { project, models, document };
}

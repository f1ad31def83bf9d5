/** A locked project → the digest of the OpenAPI document that its server answers at `/openapi.json`. */
import { createHash } from 'node:crypto';
import type { Digest } from '../model/fingerprint.ts';
import { openApiDocument } from '../server/openapi/document.ts';
import { routesOf, routesOn } from '../server/routes.ts';
import { jsonText } from '../service/rows/write-json.ts';
import { lockedModels } from './locked-models.ts';
import type { LockedProject } from './prepared-image.ts';

export function openApiDigest(project: Pick<LockedProject, 'spec' | 'lock'>): Digest {
  const { spec } = project;
  const routes = routesOn('main', spec, routesOf(spec));
  const text = jsonText(openApiDocument({ spec, models: lockedModels(project), routes }));
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

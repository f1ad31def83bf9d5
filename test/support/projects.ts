/** The fixture projects: their folders, copies to work in, and the facts that manifests are made of. */
import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readDeployment } from '../../src/commands/deploy-facts.ts';
import type { ServiceFacts } from '../../src/manifests/deployment-facts.ts';
import { digestFor } from './sample-lock.ts';
import { tempFolder } from './temp.ts';
import { testIo } from './test-io.ts';

export const PROJECTS = ['plain/iris', 'guarded/wine', 'several/digits'] as const;
export type ProjectName = (typeof PROJECTS)[number];

const ROOT = resolve(import.meta.dirname, '../../fixtures/projects');

export function projectPath(name: ProjectName): string {
  return join(ROOT, name);
}

/** A copy that a test may change. */
export async function copyProject(name: ProjectName): Promise<string> {
  const folder = join(await tempFolder(), 'project');
  await cp(projectPath(name), folder, { recursive: true });
  return folder;
}

/** An image by digest, for whoever does not care which. */
export const IMAGE = `registry.example.com/ml/model:7@${digestFor('image')}`;

export async function projectFacts(name: ProjectName): Promise<ServiceFacts> {
  const path = projectPath(name);
  const { facts } = await readDeployment({ project: path, image: IMAGE }, testIo(path));
  return facts;
}

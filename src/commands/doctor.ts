/** `mlserve doctor`: a machine × a folder → what is there, what is missing, and the command that puts it right; with `fix`, what is safe is put right. */
import { join, resolve } from 'node:path';
import type { Check } from '../doctor/check.ts';
import { diagnose } from '../doctor/diagnose.ts';
import { planRepairs, type Repair, type Repairs } from '../doctor/repairs.ts';
import type { Issue } from '../issue.ts';
import type { Io } from '../ports.ts';
import { schemaText } from '../service/schema.ts';
import { seeMachine } from './see-machine.ts';
import { seeProject } from './see-project.ts';

export interface DoctorOptions {
  /** The folder of a project, or any other. */
  readonly project: string;
  readonly fix: boolean;
  readonly dryRun: boolean;
}

export interface DoctorResult {
  readonly checks: readonly Check[];
  /** What `fix` did, or with a dry run would do. Empty without it. */
  readonly repairs: readonly Repair[];
  readonly dryRun: boolean;
  /** The checks that are errors: as they are after the repairs. */
  readonly issues: readonly Issue[];
}

/** Finds and never throws for what it finds; FILE_NOT_FOUND for a folder that is not there. */
export async function doctor({ project: dir, fix, dryRun }: DoctorOptions, io: Io): Promise<DoctorResult> {
  await io.files.realPath(resolve(io.cwd, dir));
  const { machine, engine } = await seeMachine(dir, io);
  const project = await seeProject(dir, engine, io);
  if (!fix || project === undefined) return { ...diagnose({ ...machine, project }, dir), repairs: [], dryRun };
  const repairs = planRepairs(project, schemaText());
  if (dryRun) return { ...diagnose({ ...machine, project }, dir), repairs: repairs.list, dryRun };
  await repair(resolve(io.cwd, dir), repairs, io);
  const after = await seeProject(dir, engine, io);
  return { ...diagnose({ ...machine, project: after }, dir), repairs: repairs.list, dryRun };
}

/** All of it or nothing. */
async function repair(folder: string, { texts, removed }: Repairs, { files }: Io): Promise<void> {
  if (texts.size + removed.length === 0) return;
  const staged = await files.stage(folder);
  try {
    for (const [path, text] of texts) await files.writeAtomic(join(staged.path, path), text);
    await staged.commit([...texts.keys()], removed);
  } finally {
    await staged.discard();
  }
}

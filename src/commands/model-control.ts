/** A running service × its project on disk → models loaded again, beside what serves, and put in their place; or unloaded. */
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import type { Io, Log } from '../ports.ts';
import type { ModelControl, ServedModel } from '../server/contract.ts';
import { inOrderOf, isSameModel, onlyNamed, servedUnder } from './model-changes.ts';
import type { Project } from './project.ts';
import { loadServedModels, type ServedModels } from './served-models.ts';
import { type ServedSet, servedSet } from './served-set.ts';

export interface ModelControls extends ModelControl, Pick<ServedSet, 'attach'> {
  /** Loads every model that is another one on disk than what serves, and drops those that are gone. Answers those that were loaded. */
  loadChanged(): Promise<readonly ServedModel[]>;
  /** Absolute paths of every file that was read for a model, in vain as well. */
  files(): readonly string[];
}

export interface ControlParts {
  /** Refuse a project without a lock. */
  readonly frozen: boolean;
  /** Reads configuration and lock again. */
  readonly reopen: () => Promise<Project>;
  readonly io: Io;
  readonly engine: Engine;
  /** What is served at the start. */
  readonly start: Pick<ServedModels, 'models' | 'stamps'>;
  readonly log: Log;
}

/** Calls are carried out one after the other, each in full or not at all. */
export function modelControl({ frozen, reopen, io, engine, start, log }: ControlParts): ModelControls {
  const served = servedSet(start.models, engine, log);
  const files = new Set<string>();
  const note = ({ stamps }: Pick<ServedModels, 'stamps'>): void => {
    for (const { path } of [...stamps.values()].flat()) files.add(path);
  };
  note(start);
  let generation = 0;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
  const read = async (project: Project) => {
    generation++;
    for (const { path } of project.spec.models) files.add(join(project.dir, path));
    const found = await loadServedModels(project, io, { frozen, generation });
    note(found);
    const parts = { dir: project.dir, stamps: found.stamps, runtime: await io.runtime(), files: io.files, log };
    return { found: found.models, parts };
  };

  return {
    attach: (handler) => served.attach(handler),
    files: () => [...files],
    load: (name) =>
      inTurn(async () => {
        const project = await reopen();
        const { found, parts } = await read(onlyNamed(project, name));
        const others = served.models.filter(({ spec }) => spec.name !== name);
        await served.takeOver(inOrderOf(project.spec, [...found, ...others]), found, parts);
      }),
    loadChanged: () =>
      inTurn(async () => {
        const { found, parts } = await read(await reopen());
        const next = found.map((model) => served.models.find((other) => isSameModel(model, other)) ?? model);
        const fresh = next.filter((model) => !served.models.includes(model));
        if (fresh.length > 0 || next.length < served.models.length) await served.takeOver(next, fresh, parts);
        return fresh;
      }),
    unload: (name) =>
      inTurn(async () => {
        await Promise.all(servedUnder(served.models, name).map(({ key }) => engine.remove(key)));
        log.info('model unloaded', { model: name });
      }),
  };
}

/** What came of a command × the file that MLSERVE_OUTPUT_FILE names → one more line of JSON at its end. */
import { RUNTIME_LIMITS } from './model/runtime-limits.ts';
import { plainJson } from './plain-json.ts';
import type { Io } from './ports.ts';
import { type ErrorJson, errorJson, formatError } from './render-error.ts';
import { VERSION } from './version.ts';
import { visible } from './visible.ts';

/** One line. Members are added to it, and not changed. */
export interface CommandEvent {
  readonly version: 1;
  /** When the command ended: ISO 8601, in UTC. */
  readonly time: string;
  /** Its words: `build image`; null where the command line names no command. */
  readonly command: string | null;
  readonly exitCode: number;
  readonly durationMs: number;
  readonly versions: { readonly mlserve: string; readonly node: string; readonly runtime: string };
  /** Those whose digest the result has. */
  readonly models: readonly EventModel[];
  /** What `--json` prints, without what is secret; of `serve`, nothing, and of `predict`, how many rows there were. */
  readonly result?: object;
  readonly error?: ErrorJson['error'];
}

export interface EventModel {
  /** Null for a file that no project names. */
  readonly name: string | null;
  readonly version: string | null;
  readonly digest: string;
}

export interface RecordedCommand {
  readonly words: readonly string[];
  readonly result?: object;
  readonly code: number;
  readonly error?: { readonly thrown: unknown } | undefined;
  readonly durationMs: number;
}

/** A line that cannot be written is a warning: the command has done what it was asked for. */
export async function recordEvent(
  file: string,
  command: RecordedCommand,
  io: Pick<Io, 'files' | 'terminal' | 'clock' | 'machine'>,
): Promise<void> {
  const event = eventOf(command, { time: new Date(io.clock.now()).toISOString(), node: io.machine.node });
  try {
    await io.files.append(file, `${JSON.stringify(event, plainJson)}\n`);
  } catch (error) {
    io.terminal.warn(`MLSERVE_OUTPUT_FILE was not written: ${visible(formatError(error))}`);
  }
}

/** Pure. */
export function eventOf(
  { words, result, code, error, durationMs }: RecordedCommand,
  { time, node }: { readonly time: string; readonly node: string },
): CommandEvent {
  return {
    version: 1,
    time,
    command: words.length === 0 ? null : words.join(' '),
    exitCode: code,
    durationMs: Math.round(durationMs),
    versions: { mlserve: VERSION, node, runtime: RUNTIME_LIMITS.runtime },
    models: result === undefined ? [] : modelsOf(result),
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : errorJson(error.thrown)),
  };
}

/** Where results name models, or what names them: sides of a diff, those that a test asked, an image, pods, revisions in a cluster. */
const MEMBERS = ['models', 'measurements', 'model', 'was', 'is', 'targets', 'made', 'revisions', 'pods'] as const;
type Members = Readonly<Record<string, unknown>>;

/** Each once. Only that of `inspect` is the result itself: a digest of others is that of an image. */
function modelsOf(result: object): readonly EventModel[] {
  const { digests } = result as Members;
  const all = [...membersOf(result), { digests }].flatMap(modelsIn);
  return [...new Map(all.map((model) => [JSON.stringify(model), model])).values()];
}

const membersOf = (value: object): readonly unknown[] => MEMBERS.map((name) => (value as Members)[name]);

function modelsIn(value: unknown): readonly EventModel[] {
  if (Array.isArray(value)) return value.flatMap(modelsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { name, version, digest, digests } = value as Members;
  const found = digest ?? (digests as { readonly model?: unknown } | undefined)?.model;
  if (typeof found === 'string') return [{ name: textOr(name), version: textOr(version), digest: found }];
  return membersOf(value).flatMap(modelsIn);
}

const textOr = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** The lines that an engine answers a build with, of either builder → the steps as they begin and end, what they print, and how it ended. */
import { stripVTControlCharacters } from 'node:util';
import { readTrace } from './buildkit-trace.ts';

/** One JSON object of the answer. */
export interface BuildMessage {
  readonly id?: string;
  readonly stream?: string;
  readonly status?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly aux?: string | { readonly ID?: string };
}

export type BuildEvent =
  | { readonly kind: 'began' | 'cached'; readonly step: string }
  | { readonly kind: 'done'; readonly step: string; readonly ms: number | undefined };

/** What the classic builder says between what the steps print: ids of layers and containers. */
const ENGINE_TALK = /^( ---> |--> |Removing intermediate container )/;
/** Lines kept of the step that printed last. */
const KEPT = 60;

/** Takes message after message; keeps what an error must quote. */
export class BuildProgress {
  #imageId: string | undefined;
  #error: string | undefined;
  #failedStep: string | undefined;
  /** Of the classic builder, which does not name the step with its output. */
  #currentStep = '';
  #isCurrentCached = false;
  readonly #names = new Map<string, string>();
  readonly #states = new Map<string, 'began' | 'ended'>();
  readonly #output = new Map<string, string[]>();

  take(message: BuildMessage): readonly BuildEvent[] {
    const { id, aux, stream, error, errorDetail } = message;
    if (error !== undefined || errorDetail !== undefined) {
      this.#error = (errorDetail?.message ?? error ?? 'the build failed').trim();
      this.#failedStep ??= this.#currentStep === '' ? undefined : this.#currentStep;
    }
    if (id === 'moby.buildkit.trace' && typeof aux === 'string') return this.#takeTrace(Buffer.from(aux, 'base64'));
    if (typeof aux === 'object' && aux.ID !== undefined) this.#imageId = aux.ID;
    return stream === undefined ? [] : this.#takeStream(stream);
  }

  /** `sha256:…` of the image; undefined when the build did not come to its end. */
  get imageId(): string | undefined {
    return this.#imageId;
  }

  /** Undefined while nothing has failed. */
  get failure(): { readonly message: string; readonly step: string | undefined; readonly output: string } | undefined {
    if (this.#error === undefined) return undefined;
    const step = this.#failedStep;
    return { message: this.#error, step, output: (this.#output.get(step ?? '') ?? []).join('\n') };
  }

  #takeTrace(bytes: Uint8Array): readonly BuildEvent[] {
    const { steps, logs } = readTrace(bytes);
    const events: BuildEvent[] = [];
    for (const { id, name, isCached, startedMs, completedMs, error } of steps) {
      this.#names.set(id, name);
      const state = this.#states.get(id);
      if (error !== '' && !/context canceled/i.test(error)) this.#failedStep = name;
      if (startedMs !== undefined && state === undefined && !isCached) {
        this.#states.set(id, 'began');
        if (!isInternal(name)) events.push({ kind: 'began', step: name });
      }
      if (completedMs !== undefined && this.#states.get(id) !== 'ended') {
        this.#states.set(id, 'ended');
        if (isInternal(name) || error !== '') continue;
        if (isCached) events.push({ kind: 'cached', step: name });
        else events.push({ kind: 'done', step: name, ms: completedMs - (startedMs ?? completedMs) });
      }
    }
    for (const { step, text } of logs) this.#keep(this.#names.get(step) ?? '', text);
    return events;
  }

  #takeStream(text: string): readonly BuildEvent[] {
    // Podman counts the stages before the steps of each.
    const step = /^(?:\[\d+\/\d+\] )?(?:Step|STEP) \d+\/\d+ ?: (.*)/.exec(text)?.[1]?.trim();
    if (step === undefined) {
      if (!ENGINE_TALK.test(text)) this.#keep(this.#currentStep, text);
      if (!/^(?: -)?--> Using cache/.test(text)) return [];
      this.#isCurrentCached = true;
      return this.#tell({ kind: 'cached', step: this.#currentStep });
    }
    const [before, wasCached] = [this.#currentStep, this.#isCurrentCached];
    this.#currentStep = step;
    this.#isCurrentCached = false;
    const began = this.#tell({ kind: 'began', step });
    // This builder does not say when a step ends, and how long it took.
    return wasCached ? began : [...this.#tell({ kind: 'done', step: before, ms: undefined }), ...began];
  }

  /** As BuildKit, which says nothing of steps that make no layer. */
  #tell(event: BuildEvent): readonly BuildEvent[] {
    return /^(FROM|COPY|RUN)\b/.test(event.step) ? [event] : [];
  }

  #keep(step: string, text: string): void {
    const lines = this.#output.get(step) ?? [];
    lines.push(
      ...text
        .split('\n')
        .map((line) => stripVTControlCharacters(line).trimEnd())
        .filter((line) => line !== ''),
    );
    this.#output.set(step, lines.slice(-KEPT));
  }
}

/** What every build does before and after the Dockerfile. */
function isInternal(name: string): boolean {
  return name.startsWith('[internal]') || name === '';
}

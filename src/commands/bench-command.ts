/** The options of `mlserve bench` → a command line that gives them, to read and to repeat. Without keys and passwords. Pure. */
import { baseUrl } from './base-url.ts';
import type { BenchOptions } from './bench-flags.ts';
import { shellQuote } from './render-serve.ts';

export function benchCommand(options: BenchOptions): string {
  const { project, url, image, model, file, inputFormat, rates, duration, timeout, ca, measure } = options;
  const flags = {
    url: url === undefined ? undefined : baseUrl(url),
    ...{ image, model, file, 'input-format': inputFormat, rates, duration, timeout, ca },
    ...{ baseline: options.baseline, threshold: options.baseline === undefined ? undefined : options.threshold },
  };
  const given = Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  return ['mlserve', 'bench', project, ...given, ...(measure ? ['--measure'] : [])].map(word).join(' ');
}

function word(text: string): string {
  return /^[\w./:@%,+=-]+$/.test(text) ? text : shellQuote(text);
}

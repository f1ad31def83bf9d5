/** The rules of docs/architecture.md that a machine can check: import arrows, cycles, file size, no exit and no console. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const textOf = new Map(files.map((file) => [file, readFileSync(join(SRC, file), 'utf8')]));

/** Which folders each folder may import from; root files (`errors.ts`, `issue.ts`, …) have names of their own. */
const ARROWS: Record<string, readonly string[]> = {
  model: [],
  lock: ['model'],
  service: ['model', 'lock'],
  engine: ['model', 'lock', 'service'],
  server: ['model', 'lock', 'service', 'engine'],
  image: ['model', 'lock', 'service'],
  compare: ['model', 'lock', 'service'],
  scaffold: ['model', 'service'],
  load: [],
  doctor: [],
  completion: [],
  io: ['model', 'lock', 'service', 'compare', 'engine', 'server', 'image', 'manifests', 'load'],
  manifests: ['model', 'lock', 'service', 'server'],
  report: ['load'],
  commands: [
    'model',
    'lock',
    'service',
    'engine',
    'server',
    'manifests',
    'scaffold',
    'doctor',
    'completion',
    'image',
    'compare',
    'report',
    'load',
    'render-error.ts',
    'record-event.ts',
    'tell-github.ts',
    'repository-paths.ts',
  ],
  'command-line': ['commands', 'completion'],
  'program.ts': ['command-line'],
  'start.ts': ['io'],
  'main.ts': [],
  'run-command.ts': ['report'],
  'render-error.ts': [],
  'container.ts': ['commands', 'image'],
  'report-error.ts': ['render-error.ts'],
  'record-event.ts': ['model', 'render-error.ts'],
  'repository-paths.ts': [],
  'tell-github.ts': ['render-error.ts', 'report', 'repository-paths.ts'],
  'plain-json.ts': [],
  'ports.ts': ['remote-ports.ts', 'doctor', 'model', 'compare', 'engine', 'server', 'image', 'manifests', 'load'],
  'errors.ts': [],
  'issue.ts': [],
  'remote-ports.ts': [],
  'version.ts': [],
  'visible.ts': [],
};
/** Root files that anyone may import. */
const FOR_ALL = ['errors.ts', 'issue.ts', 'version.ts', 'visible.ts', 'plain-json.ts', 'plural.ts'];
const ROOT: Record<string, readonly string[]> = {
  'start.ts': ['main.ts'],
  'main.ts': ['program.ts', 'ports.ts', 'report-error.ts', 'run-command.ts', 'record-event.ts', 'tell-github.ts'],
  'container.ts': ['ports.ts', 'report-error.ts'],
  'program.ts': ['ports.ts', 'run-command.ts'],
  'command-line': ['run-command.ts'],
  'run-command.ts': ['ports.ts'],
};
/** Packages with one home. */
const HOMES: Record<string, RegExp> = {
  commander: /^(program\.ts$|command-line\/)/,
  yaml: /^(service|scaffold|manifests)\//,
  ajv: /^service\//,
  'onnxruntime-node': /^io\//,
  'onnxruntime-common': /^io\//,
  '@inquirer/prompts': /^io\//,
  ora: /^io\//,
  execa: /^io\/kubectl\//,
  dockerode: /^io\/docker\//,
  pino: /^io\//,
  'prom-client': /^server\//,
  '@grpc/grpc-js': /^io\//,
  '@grpc/proto-loader': /^io\//,
};

interface Import {
  readonly from: string;
  readonly target: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

const IMPORT = /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\(\s*'([^']+)'\s*\)/gm;
const imports: readonly Import[] = files.flatMap((from) =>
  [...(textOf.get(from) ?? '').matchAll(IMPORT)].map((match) => ({
    from,
    target: match[2] ?? match[3] ?? '',
    typeOnly: match[1] !== undefined,
    dynamic: match[3] !== undefined,
  })),
);
const place = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file);
const local = (edge: Import): string => relative(SRC, resolve(SRC, dirname(edge.from), edge.target));
const isLocal = (edge: Import): boolean => edge.target.startsWith('.') && edge.target.endsWith('.ts');

describe('the architecture', () => {
  it('is seen by this test: there are imports to check', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(imports.filter(isLocal).length).toBeGreaterThan(100);
  });

  it('has import arrows along the data path only', () => {
    const wrong = imports.filter(isLocal).filter((edge) => {
      const [from, to] = [place(edge.from), place(local(edge))];
      if (from === to || FOR_ALL.includes(to)) return false;
      if (to === 'ports.ts' && edge.typeOnly) return false;
      return !(ARROWS[from]?.includes(to) || ROOT[from]?.includes(to));
    });
    expect(wrong.map((edge) => `${edge.from} → ${local(edge)}`)).toEqual([]);
  });

  it('shares no state between the one file of the start and the rest', () => {
    // scripts/bundle-start.js: a module that is in that file and that others import too exists twice, but for `errors.ts`.
    const isStart = (edge: Import): boolean =>
      !edge.typeOnly && (!edge.dynamic || ['program.ts', 'command-line'].includes(place(local(edge))));
    const start = new Set(['start.ts']);
    for (const file of start) {
      for (const edge of imports) if (edge.from === file && isLocal(edge) && isStart(edge)) start.add(local(edge));
    }
    const rest = imports.filter((edge) => isLocal(edge) && !edge.typeOnly && !start.has(edge.from));
    const shared = new Set(rest.map(local).filter((file) => start.has(file) && file !== 'errors.ts'));
    const state = /^(export )?(let\b|(abstract )?class\b|const \w+(: [^=]+)? = (new|Symbol)\b)/m;
    expect(shared).toContain('visible.ts');
    expect([...shared].filter((file) => state.test(textOf.get(file) ?? ''))).toEqual([]);
  });

  it('lets manifests know the table of metrics and nothing else of the server', () => {
    const known = imports.filter((edge) => place(edge.from) === 'manifests' && place(local(edge)) === 'server');
    expect(new Set(known.map(local))).toEqual(new Set(['server/metrics-table.ts']));
  });

  it('has no import cycle', () => {
    const next = new Map<string, string[]>();
    for (const edge of imports.filter((each) => isLocal(each) && !each.typeOnly)) {
      next.set(edge.from, [...(next.get(edge.from) ?? []), local(edge)]);
    }
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const target of next.get(file) ?? []) visit(target, [...path, file]);
      state.set(file, 'done');
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('keeps files small: none over 300 lines, p90 at most 200, median at most 80', () => {
    const sizes = [...textOf].map(([file, text]) => ({ file, lines: text.split('\n').length - 1 }));
    const sorted = sizes.map((each) => each.lines).sort((a, b) => a - b);
    const quantile = (q: number): number => sorted[Math.floor(q * (sorted.length - 1))] ?? 0;
    expect(sizes.filter((each) => each.lines > 300)).toEqual([]);
    expect(quantile(0.9)).toBeLessThanOrEqual(200);
    expect(quantile(0.5)).toBeLessThanOrEqual(80);
  });

  it('keeps commands to glue: under 80 lines each', () => {
    const long = [...textOf]
      .filter(([file, text]) => file.startsWith('commands/') && text.split('\n').length - 1 >= 80)
      .map(([file]) => file);
    expect(long).toEqual([]);
  });

  it('touches the outside world in io only', () => {
    const outside = /^node:(fs|net|http|https|child_process|worker_threads|os|tty|readline|dns|process)/;
    const wrong = imports.filter((edge) => outside.test(edge.target) && place(edge.from) !== 'io');
    expect(wrong.map((edge) => `${edge.from} → ${edge.target}`)).toEqual([]);
    const ambient = /\bprocess\.(env|cwd|stdout|stderr|stdin|argv)\b|\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/;
    const users = [...textOf]
      .filter(([file, text]) => !file.startsWith('io/') && ambient.test(text))
      .map(([file]) => file);
    expect(users).toEqual([]);
  });

  it('gives each package one home', () => {
    const wrong = imports.filter((edge) => {
      const home = HOMES[edge.target];
      return home !== undefined && !home.test(edge.from);
    });
    expect(wrong.map((edge) => `${edge.from} → ${edge.target}`)).toEqual([]);
  });

  it('takes from the packages with the objects of Kubernetes their types alone: they are not installed with ours', () => {
    const objects = imports.filter(({ target }) => /^@?kubernetes-models\//.test(target));
    expect(objects.length).toBeGreaterThan(5);
    expect(objects.filter(({ typeOnly }) => !typeOnly)).toEqual([]);
  });

  it('never exits, prints to the console, gives up types or leaves promises', () => {
    const banned =
      /\bprocess\.exit\(|\bconsole\.|@ts-(ignore|expect-error|nocheck)|\bas any\b|: any\b|<any>|\b(TODO|FIXME|XXX|HACK)\b|^export default/m;
    const wrong = [...textOf]
      .filter(([, text]) => banned.test(text))
      .map(([file, text]) => `${file}: ${banned.exec(text)?.[0]}`);
    expect(wrong).toEqual([]);
  });

  it('opens every module with a line that says what goes in and what comes out', () => {
    const bare = [...textOf].filter(([, text]) => !text.startsWith('/**')).map(([file]) => file);
    expect(bare).toEqual([]);
  });
});

/** Values of the settings of `tls`, `auth`, `admin` and `cors` → what of them does not go together. */
import type { Issue } from '../issue.ts';
import { readOrigins } from './read-origins.ts';

/** Variables that are no settings: they hold what does not belong into a file that is shared. */
export const ACCESS_VARIABLES = ['MLSERVE_API_KEYS', 'MLSERVE_API_KEY'] as const;

/** Read by `main.ts`: where each command appends what came of it. */
export const OUTPUT_VARIABLE = 'MLSERVE_OUTPUT_FILE';

type Values = ReadonlyMap<string, string | number>;
type Env = Readonly<Record<string, string | undefined>>;

export function accessConflicts(values: Values, env: Env): readonly Issue[] {
  const text = (path: string): string => String(values.get(path) ?? '');
  const has = (path: string): boolean => text(path) !== '';
  const issues: Issue[] = [];
  const report = (where: string, message: string, hint: string): void =>
    void issues.push({ rule: 'config.access', severity: 'error', where, message, hint });
  if (has('tls.cert') && !has('tls.key'))
    report('tls.key', 'tls.cert is set, and its private key is not', 'set tls.key');
  if (has('tls.key') && !has('tls.cert'))
    report('tls.cert', 'tls.key is set, and its certificate is not', 'set tls.cert');
  if (has('tls.clientCa') && !has('tls.cert')) {
    report('tls.clientCa', 'client certificates need TLS, which is off', 'set tls.cert and tls.key');
  }
  if (text('admin.access') === 'key' && !has('auth.keysFile') && !env.MLSERVE_API_KEYS) {
    const hint = 'set auth.keysFile or MLSERVE_API_KEYS to a key with scope admin ("mlserve key create --scope admin")';
    report('admin.access', 'it asks for an API key, and there are none', hint);
  }
  for (const word of readOrigins(text('cors.origins')).bad) {
    const hint = 'an origin is http:// or https://, a host and perhaps a port, and nothing after it; * stands for all';
    report('cors.origins', `${JSON.stringify(word)} is no origin`, hint);
  }
  return issues;
}

/** A script × where it runs → its exit code and what it said, as the runners of GitHub and GitLab start bash. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** Ends at the first failure, in a pipe too. */
export function bash(
  script: string,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
) {
  mkdirSync(cwd, { recursive: true });
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { cwd, env: { ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise<{ readonly code: number; readonly output: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

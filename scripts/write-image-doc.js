// `npm run docs`: writes into docs/image.md the Dockerfile that is printed for a project around fixtures/models/real/iris.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname, '..');
const home = mkdtempSync(join(tmpdir(), 'mlserve-doc-'));
const mlserve = (args, cwd = home) =>
  execFileSync(process.execPath, [join(root, 'bin/mlserve.js'), ...args], {
    cwd,
    env: { PATH: process.env.PATH, SOURCE_DATE_EPOCH: '1764028800' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
try {
  mlserve(['init', 'iris', '--model', join(root, 'fixtures/models/real/iris/model.onnx'), '--yes']);
  const dockerfile = mlserve(['build', 'image', '--print', '--platform', 'linux/amd64'], join(home, 'iris'));
  const page = join(root, 'docs/image.md');
  const block = `<!-- the Dockerfile -->\n\`\`\`dockerfile\n${dockerfile}\`\`\`\n<!-- end of the Dockerfile -->`;
  const written = readFileSync(page, 'utf8').replace(
    /<!-- the Dockerfile -->[\s\S]*<!-- end of the Dockerfile -->/,
    () => block,
  );
  if (process.argv[2] === '--check') process.exitCode = written === readFileSync(page, 'utf8') ? 0 : 1;
  else writeFileSync(page, written);
} finally {
  rmSync(home, { recursive: true, force: true });
}

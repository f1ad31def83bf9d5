// Chromium × a running service → whether /docs shows the API and sends the example, with nothing loaded from elsewhere and nothing
// refused by its policy. Ends with exit code 1 and the reason. usage: node docs-page.js CHROMIUM [SCREENSHOT]
import { strict as assert } from 'node:assert';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [executablePath, screenshot] = process.argv.slice(2);
const root = join(import.meta.dirname, '..', '..');
const cli = join(root, 'bin', 'mlserve.js');
const model = join(root, 'fixtures', 'models', 'real', 'iris', 'model.onnx');
const home = mkdtempSync(join(tmpdir(), 'mlserve-browser-'));

/** The URL of a service of a project as `mlserve init` makes it, and the function that stops it. */
async function serve() {
  const made = spawnSync(process.execPath, [cli, 'init', 'flowers', '--model', model, '--yes'], { cwd: home });
  assert.equal(made.status, 0, String(made.stderr));
  const server = spawn(process.execPath, [cli, 'serve', 'flowers', '--port', '0'], { cwd: home });
  let text = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
  }
  for (let attempt = 0; attempt < 400 && server.exitCode === null; attempt++) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
    const ready = url && (await fetch(`${url}/readyz`).catch(() => undefined));
    if (ready?.ok) return { url, stop: () => server.kill('SIGTERM') };
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error(`the service did not become ready:\n${text}`);
}

/** Opens the page, shows what the document says of /predict, and sends its example. */
async function check(page, url) {
  const complaints = [];
  const asked = new Set();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`script: ${error}`));
  page.on('request', (request) => asked.add(request.url()));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  await page.addInitScript(() => {
    globalThis.refusals = [];
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      globalThis.refusals.push(`${violatedDirective} ${blockedURI}`);
    });
  });

  await page.goto(`${url}/docs`);
  const predict = page.locator('.opblock-post', { has: page.locator('[data-path="/predict"]') });
  await predict.locator('.opblock-summary').click();
  const body = predict.locator('textarea.body-param__text');
  await body.waitFor();
  assert.match(await body.inputValue(), /"instances"/, 'the example is in the form');
  await predict.getByRole('button', { name: 'Execute' }).click();
  const live = predict.locator('.live-responses-table .response');
  await live.waitFor();
  const answer = await live.innerText();
  assert.match(answer, /^\s*200/, `the example is answered: ${answer}`);
  assert.match(answer, /"predictions"/, 'with predictions');
  assert.match(answer, /x-model-digest: sha256:/, 'and the identity of the model');
  if (screenshot) await page.screenshot({ path: screenshot, fullPage: true });

  assert.deepEqual(complaints, [], 'nothing to complain about');
  assert.deepEqual(await page.evaluate(() => globalThis.refusals), [], 'nothing against the policy');
  const outside = [...asked].filter((each) => !each.startsWith(`${url}/`) && !each.startsWith('data:'));
  assert.deepEqual(outside, [], 'nothing from elsewhere');
  const paths = [...asked].filter((each) => each.startsWith(url)).map((each) => new URL(each).pathname);
  assert.deepEqual(
    [...new Set(paths)].sort(),
    ['/docs', '/docs/page.js', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css', '/openapi.json', '/predict'],
    'all that was asked for',
  );
}

/** The same behind a key: the page asks for it, and sends it with the document and the prediction. */
async function checkKey(page, url) {
  const keys = [];
  await page.route(/\/(openapi\.json|predict)$/, async (route) => {
    keys.push(await route.request().headerValue('x-api-key'));
    if (keys.at(-1) === 'secret') return route.continue();
    return route.fulfill({ status: 401, contentType: 'application/json', body: '{"error":"an API key is needed"}' });
  });
  await page.goto(`${url}/docs`);
  for (const key of ['wrong', 'secret']) {
    await page.getByText('an API key is needed').waitFor();
    await page.getByLabel('API key').fill(key);
    const answered = page.waitForResponse(/openapi\.json$/);
    await page.getByRole('button', { name: 'Show' }).click();
    await answered;
  }
  const predict = page.locator('.opblock-post', { has: page.locator('[data-path="/predict"]') });
  await predict.locator('.opblock-summary').click();
  await predict.getByRole('button', { name: 'Execute' }).click();
  await predict.locator('.live-responses-table .response').getByText('"predictions"').waitFor();
  assert.deepEqual(keys, [null, 'wrong', 'secret', 'secret', 'secret'], 'the key that was given is sent');
}

const service = await serve();
// No name resolves: as on a machine without a network.
const args = ['--no-sandbox', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'];
const browser = await chromium.launch({ executablePath, args });
try {
  const viewport = { width: 1200, height: 900 };
  await check(await browser.newPage({ viewport }), service.url);
  await checkKey(await browser.newPage({ viewport }), service.url);
  process.stdout.write(`the page at /docs shows the API and sends the example (Chromium ${browser.version()})\n`);
} finally {
  await browser.close();
  service.stop();
  rmSync(home, { recursive: true, force: true });
}

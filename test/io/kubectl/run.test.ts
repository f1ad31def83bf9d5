import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { kubectlWith } from '../../../src/io/kubectl/run.ts';
import { tempFolder } from '../../support/temp.ts';

it('takes the end of a kubectl by Ctrl-C, which a terminal gives to it too, for what it is', async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, 'kubectl'), '#!/bin/sh\nkill -INT $$\n', { mode: 0o755 });
  const kubectl = kubectlWith({ PATH: [folder, process.env.PATH].join(delimiter) }, [], 'a cluster');
  await expect(kubectl.run(['get', 'pods'])).rejects.toMatchObject({ code: 'INTERRUPTED' });
  await expect(kubectl.lines(['get', 'pods'])[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'INTERRUPTED',
  });
});

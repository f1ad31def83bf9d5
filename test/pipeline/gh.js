/** Stands in for GitHub's CLI: the calls of `gh api` that the workflow makes, on comments in the file TEST_COMMENTS. Fails for what it does not understand. */
import { readFileSync, writeFileSync } from 'node:fs';

const { TEST_COMMENTS = '' } = process.env;
const comments = JSON.parse(readFileSync(TEST_COMMENTS, 'utf8'));
const call = process.argv.slice(2).join(' ');
const list = /^api --paginate repos\/team\/digits\/issues\/7\/comments\?per_page=100 --jq (.*)$/.exec(call);
const change =
  /^api --silent --method (POST|PATCH) repos\/team\/digits\/issues\/(?:7\/comments|comments\/(\d+)) --field body=@(\S+)$/.exec(
    call,
  );
if (list !== null) {
  const filter = /^\.\[\] \| select\(\.user\.login == "(.*)" and \(\.body \| startswith\("(.*)"\)\)\) \| \.id$/.exec(
    list[1],
  );
  if (filter === null) throw new Error(`no such filter here: ${list[1]}`);
  const ours = comments.filter(({ user, body }) => user.login === filter[1] && body.startsWith(filter[2]));
  process.stdout.write(ours.map(({ id }) => `${id}\n`).join(''));
} else if (change !== null) {
  const [, method, id, file] = change;
  if ((method === 'PATCH') !== (id !== undefined)) throw new Error(`no such call here: ${call}`);
  const body = readFileSync(file, 'utf8');
  if (id === undefined) comments.push({ id: comments.length + 1, user: { login: 'github-actions[bot]' }, body });
  else comments.find((each) => each.id === Number(id)).body = body;
  writeFileSync(TEST_COMMENTS, JSON.stringify(comments));
} else throw new Error(`no such call here: ${call}`);

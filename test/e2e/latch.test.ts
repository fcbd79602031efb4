// A dump piped into `--force` while a server follows: its first DROP is refused, and nothing that
// comes after it is written either. With `then: close` it is over at once.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { LabServer } from '../../src/lab/server.js';
import { say } from '../support/client-programs.js';
import { addAccounts, DBA, RunningInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';

const CLOSE = `rules:
  - { override: writes-end-after-refusal, then: close }
`;

const stage = labWith({
  line: 'mariadb-10.11',
  servers: ['db1', 'db2'],
  links: [['db1', 'db2']],
});
const running: RunningInterlock[] = [];
let db2: LabServer;
let dump = '';

const at = (port: number): readonly string[] => [
  ...['-h', '127.0.0.1', '-P', String(port), `-u${DBA.user}`, `-p${DBA.password}`],
];

beforeAll(async () => {
  db2 = stage.server('db2');
  await addAccounts([stage.server('db1'), db2]);
  await db2.execute(
    'CREATE DATABASE app',
    'CREATE TABLE app.t (id INT PRIMARY KEY)',
    'INSERT INTO app.t VALUES (1), (2)',
  );
  const dumped = await say(db2.clientTools.dump, [...at(db2.port), 'app']);
  expect(dumped.stdout).toContain('DROP TABLE IF EXISTS `t`');
  dump = `${dumped.stdout}\nINSERT INTO t VALUES (8);\n`;
});
afterAll(async () => {
  for (const each of running) await each.stop();
});
beforeEach(() => db2.execute('DELETE FROM app.t WHERE id <> 1'));

async function restore(rules: readonly string[] = []) {
  const interlock = await RunningInterlock.start({
    guarded: [db2],
    watched: [stage.server('db1')],
    more: [`rules: [${['default', ...rules].join(', ')}]`],
    files: { 'close.yaml': CLOSE },
  });
  running.push(interlock);
  const args = [...at(interlock.port('db2')), '--force', 'app'];
  const { stderr } = await say(db2.clientTools.client, args, dump);
  const [decision] = await interlock.records();
  return { stderr, decision };
}

async function ids(): Promise<readonly number[]> {
  return (await db2.query('SELECT id FROM app.t ORDER BY id')).map(({ id }) => Number(id));
}

it('writes nothing of a dump whose DROP was refused, though the client goes on', async () => {
  const { stderr, decision } = await restore();
  expect(decision).toMatchObject({
    kind: 'decision',
    rule: 'no-drop-while-linked',
    program: expect.stringMatching(/^(mysql|mariadb)$/),
  });
  expect(stderr).toMatch(/ERROR 1644 .*refused DROP TABLE .*This session takes no more writes\./);
  expect(stderr).toMatch(/ERROR 1644 .*an earlier statement of this session was refused/);
  expect(await ids()).toEqual([1]);
});

it('ends the session at once with then: close', async () => {
  const { stderr } = await restore(['./close.yaml']);
  expect(stderr).toMatch(/ERROR 1644 .*refused DROP TABLE .*This session is closed\./);
  expect(await ids()).toEqual([1]);
});

it('leaves a pooled application its session', async () => {
  const [interlock] = running;
  const application = await interlock?.connect('db2', { database: 'app' });
  await expect(application?.query('DROP TABLE t')).rejects.toMatchObject({ errno: 1644 });
  await application?.query('INSERT INTO t VALUES (9)');
  expect(await ids()).toEqual([1, 9]);
});

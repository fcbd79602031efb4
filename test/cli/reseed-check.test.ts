import { expect, it } from 'vitest';
import { reseedCheckCommand } from '../../src/cli/reseed-check.js';
import { EXIT } from '../../src/cli/terminal.js';
import { GOOD_CONFIG, optionsWith, recordedTerminal } from './recorded-terminal.js';

const ENV = { MONITOR_PASSWORD: 'x' };

async function check(more: object, config = GOOD_CONFIG) {
  const terminal = recordedTerminal({ env: ENV });
  const options = await optionsWith(config);
  const all = { ...options, server: 'db2', from: 'db1', after: false, oneWay: false, ...more };
  return { code: await reseedCheckCommand(all, terminal), said: terminal.said };
}

it('says which servers there are when it is asked of another', async () => {
  const { code, said } = await check({ server: 'db9' });
  expect(code).toBe(EXIT.usage);
  expect(said.err).toContain('no server db9 in');
  expect(said.err).toContain('it has db1, db2');
  expect((await check({ from: 'db9' })).said.err).toContain('no server db9 in');
  const itself = await check({ from: 'db2' });
  expect(itself.code).toBe(EXIT.usage);
  expect(itself.said.err).toContain('db2 cannot get its own data: --from takes another of db1');
});

it('says who could not be asked', async () => {
  const { code, said } = await check({});
  expect(code).toBe(EXIT.unreachable);
  expect(said.err).toContain('127.0.0.1:2');
});

it('says that it cannot read the dump', async () => {
  const { code, said } = await check({ dump: '/nowhere/app.sql' });
  expect(code).toBe(EXIT.usage);
  expect(said.err).toContain('/nowhere/app.sql');
});

it('reports a broken configuration', async () => {
  expect((await check({}, 'servers: 1')).code).toBe(EXIT.usage);
});

// Who went around, told from a server's list of threads.
import { expect, it } from 'vitest';
import { threadsAround } from '../../src/around/threads.js';
import { type Network, parseNetwork } from '../../src/policy/network.js';

const network = (text: string): Network => {
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};
const known = {
  through: new Set([11, 12]),
  monitorUser: 'interlock',
  expected: [network('10.0.9.0/24'), network('2001:db8::/32')],
};
const row = (ID: unknown, USER: string, HOST: string, COMMAND = 'Sleep') => ({
  ID,
  USER,
  HOST,
  COMMAND,
});

it('names who came by another way, without the port', () => {
  const rows = [
    row(11, 'app', '10.0.0.5:41000'),
    row(20, 'app', '10.0.0.7:41000'),
    row(21, 'root', 'localhost'),
    row('22', 'dba', '2001:db9::1:5123'),
  ];
  expect(threadsAround(rows, known)).toEqual([
    { id: 20, user: 'app', host: '10.0.0.7' },
    { id: 21, user: 'root', host: 'localhost' },
    { id: 22, user: 'dba', host: '2001:db9::1' },
  ]);
});

it('counts no thread of the server itself, of replication or of the monitor', () => {
  const rows = [
    row(1, 'system user', '', 'Slave_IO'),
    row(2, 'system user', 'connecting host', 'Connect'),
    row(3, 'event_scheduler', 'localhost', 'Daemon'),
    row(4, 'repl', '10.0.0.2:5000', 'Binlog Dump'),
    row(5, 'repl', '10.0.0.2:5000', 'Binlog Dump GTID'),
    row(6, 'unauthenticated user', '10.0.0.2:5000', 'Connect'),
    row(7, 'interlock', '10.0.0.3:5000', 'Query'),
  ];
  expect(threadsAround(rows, known)).toEqual([]);
});

it('counts nobody who is expected to go directly', () => {
  const rows = [
    row(30, 'backup', '10.0.9.4:5000'),
    row(31, 'backup', '[2001:db8::7]:5000'),
    row(32, 'backup', '10.0.10.4:5000'),
  ];
  expect(threadsAround(rows, known)).toEqual([{ id: 32, user: 'backup', host: '10.0.10.4' }]);
});

it('knows a session by the 32 bits that the greeting had room for', () => {
  expect(threadsAround([row(2 ** 32 + 11, 'app', '10.0.0.5:1')], known)).toEqual([]);
  expect(threadsAround([row(2 ** 32 + 13, 'app', '10.0.0.5:1')], known)).toHaveLength(1);
});

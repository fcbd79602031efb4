import { expect, it } from 'vitest';
import type { ServerConfig, TlsVerify } from '../src/config/config.js';
import { startWarnings } from '../src/start-warnings.js';

const server = (name: string, verify: TlsVerify): ServerConfig => ({
  name,
  host: '10.0.0.1',
  port: 3306,
  listen: [],
  mode: 'enforce',
  monitor: { user: 'interlock' },
  tls: { verify },
  binlogDump: 'deny',
});
const PAIR = { certificateFile: '/c', keyFile: '/k', require: false };

it('has nothing to say where all is as it should be', () => {
  const config = { servers: [server('db1', 'full'), server('db2', 'ca')], tls: PAIR };
  expect(startWarnings(config, { isRoot: false })).toEqual([]);
});

it('warns of root, of servers that anybody could stand in for, and of no certificate', () => {
  const servers = [server('db1', 'none'), server('db2', 'ca'), server('db3', 'none')];
  const [root, verify, own, ...rest] = startWarnings(
    { servers, tls: { require: false } },
    { isRoot: true },
  );
  expect(root).toContain('running as root');
  expect(verify).toContain('tls.verify is none for db1, db3:');
  expect(own).toContain('self-signed');
  expect(rest).toEqual([]);
});

// The flags of each line, and who wins.
import { describe, expect, it } from 'vitest';
import type { Installation } from '../../src/lab/installation.js';
import { SERVER_LINES, type ServerLine } from '../../src/lab/lines.js';
import { serverOptions } from '../../src/lab/server-options.js';

const program = { command: '/bin/false', args: [], env: {} };
const installation = (line: ServerLine): Installation => ({
  line,
  version: '0',
  daemon: program,
  shareFolder: '/share',
  locations: ['--basedir=/base'],
  client: program,
  dump: program,
  binlog: program,
});
const server = {
  name: 'db1',
  serverId: 7,
  port: 3311,
  dataFolder: '/d/data',
  socket: '/d/sock',
  pidFile: '/d/pid',
  errorLog: '/d/log',
  temporaryFolder: '/d/tmp',
  gtid: true,
  rowFormat: 'ROW',
  isRoot: false,
  options: ['--max-connections=9'],
} as const;

describe('serverOptions', () => {
  it.each(SERVER_LINES)('resolves names on %s only when told to', (line) => {
    const resolving = { ...server, options: ['--skip-name-resolve=OFF'] };
    expect(serverOptions(installation(line), server)).toContain('--skip-name-resolve');
    expect(serverOptions(installation(line), resolving)).not.toContain('--skip-name-resolve');
  });

  it.each(SERVER_LINES)('listens on 127.0.0.1 only and logs what it receives on %s', (line) => {
    const flags = serverOptions(installation(line), server);
    expect(flags[0]).toBe('--no-defaults');
    expect(flags).toEqual(expect.arrayContaining(['--bind-address=127.0.0.1', '--server-id=7']));
    expect(flags.join(' ')).toMatch(/--log-(slave|replica)-updates/);
    expect(flags.at(-1)).toBe('--max-connections=9');
  });

  it('switches GTIDs on for MySQL when asked, never for MariaDB, which has them', () => {
    const has = (line: ServerLine, gtid: boolean) =>
      serverOptions(installation(line), { ...server, gtid }).includes('--gtid-mode=ON');
    expect([has('mysql-9', true), has('mysql-5.6', true)]).toEqual([true, true]);
    expect([has('mysql-9', false), has('mariadb-10.11', true)]).toEqual([false, false]);
  });

  it('runs as root only when it is root', () => {
    const asRoot = serverOptions(installation('mysql-9'), { ...server, isRoot: true });
    expect(asRoot).toContain('--user=root');
    expect(serverOptions(installation('mysql-9'), server)).not.toContain('--user=root');
  });
});

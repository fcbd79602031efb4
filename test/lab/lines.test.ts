// Which line a server of a given version belongs to.
import { describe, expect, it } from 'vitest';
import { lineFacts, SERVER_LINES, TOOL_NAMES, toolSource } from '../../src/lab/lines.js';

const SAID = {
  'mariadb-10.11': 'mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64',
  'mysql-9': '/usr/sbin/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))',
  'mysql-5.6': 'mysqld  Ver 5.6.24 for Linux on x86_64 (MySQL Community Server (GPL))',
} as const;

describe('server lines', () => {
  it.each(SERVER_LINES)('%s knows its own version and no other', (line) => {
    const known = SERVER_LINES.filter((other) => lineFacts(line).version.test(SAID[other]));
    expect(known).toEqual([line]);
  });

  it('does not take MariaDB 11 or MySQL 8 for one of its lines', () => {
    for (const line of SERVER_LINES) {
      expect(lineFacts(line).version.test('mariadbd Ver 11.8.2-MariaDB')).toBe(false);
      expect(lineFacts(line).version.test('mysqld Ver 8.0.42 for Linux')).toBe(false);
    }
  });

  it('takes sysbench from the stable suite', () => {
    expect(toolSource('sysbench')).toMatchObject({ suite: 'bookworm', packages: ['sysbench'] });
  });

  it('takes each suite from where its server comes from', () => {
    expect(toolSource('mariadb-test').suite).toBe('bookworm');
    expect(toolSource('mysql-test').suite).toBe('sid');
  });

  it.each(TOOL_NAMES)('gets %s with a loader and libraries of its own', (tool) => {
    const { packages, alone } = toolSource(tool);
    expect(packages.length).toBeGreaterThan(0);
    expect(packages.filter((name) => alone.includes(name))).toEqual([]);
  });
});

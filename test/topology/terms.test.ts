import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/sql/dialect.js';
import { rightToKill, termsOf } from '../../src/topology/terms.js';

const MARIADB = { flavour: 'mariadb', version: 101_119 } as const;
const mysql = (version: number) => ({ flavour: 'mysql', version }) as const;

describe('terms', () => {
  it.each([
    [50_624, 'SHOW SLAVE STATUS', 'SHOW SLAVE HOSTS', 'SHOW MASTER STATUS'],
    [80_021, 'SHOW SLAVE STATUS', 'SHOW SLAVE HOSTS', 'SHOW MASTER STATUS'],
    [80_022, 'SHOW REPLICA STATUS', 'SHOW REPLICAS', 'SHOW MASTER STATUS'],
    [80_200, 'SHOW REPLICA STATUS', 'SHOW REPLICAS', 'SHOW BINARY LOG STATUS'],
    [90_704, 'SHOW REPLICA STATUS', 'SHOW REPLICAS', 'SHOW BINARY LOG STATUS'],
  ])('of MySQL %i are its own', (version, channels, replicas, coordinates) => {
    const terms = termsOf(mysql(version));
    expect([terms.showChannels, terms.showReplicas, terms.showCoordinates]).toEqual([
      channels,
      replicas,
      coordinates,
    ]);
  });

  it('of MariaDB show every named connection', () => {
    expect(termsOf(MARIADB).showChannels).toBe('SHOW ALL SLAVES STATUS');
  });

  it('sever a channel in that server’s words, with its name quoted', () => {
    expect(termsOf(MARIADB).sever("o'ne", true)).toBe(
      "STOP SLAVE 'o''ne'; RESET SLAVE 'o''ne' ALL",
    );
    expect(termsOf(mysql(50_624)).sever('', true)).toBe('STOP SLAVE; RESET SLAVE ALL');
    expect(termsOf(mysql(90_704)).sever('', false)).toBe(
      "STOP REPLICA FOR CHANNEL ''; RESET REPLICA ALL FOR CHANNEL ''",
    );
    expect(termsOf(mysql(90_704)).sever('c', true)).toBe(
      "STOP REPLICA FOR CHANNEL 'c'; RESET REPLICA ALL FOR CHANNEL 'c'",
    );
  });

  it('look for failover lists and thread variables only where there are any', () => {
    expect(termsOf(mysql(80_021)).hasFailoverLists).toBe(false);
    expect(termsOf(mysql(80_022)).hasFailoverLists).toBe(true);
    expect(termsOf(mysql(50_624)).hasThreadVariables).toBe(false);
    expect(termsOf(mysql(50_700)).hasThreadVariables).toBe(true);
  });

  it('name the rights as each server’s GRANT takes them', () => {
    const rightsOf = (dialect: Dialect) => {
      const { process, channels, replicas, coordinates } = termsOf(dialect).rights;
      return [...new Set([process, channels, replicas, coordinates])];
    };
    expect(rightsOf(MARIADB)).toEqual([
      'PROCESS',
      'REPLICA MONITOR',
      'REPLICATION MASTER ADMIN',
      'BINLOG MONITOR',
    ]);
    const old = ['PROCESS', 'REPLICATION CLIENT', 'REPLICATION SLAVE'];
    expect(rightsOf(mysql(90_704))).toEqual(old);
    expect(rightsOf({ flavour: 'mariadb', version: 100_400 })).toEqual(old);
    expect([50_624, 80_000].map((version) => rightToKill(mysql(version)))).toEqual([
      'SUPER',
      'CONNECTION_ADMIN',
    ]);
    expect(rightToKill(MARIADB)).toBe('CONNECTION ADMIN');
  });
});

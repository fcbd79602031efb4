import { describe, expect, it } from 'vitest';
import { safeWay } from '../../src/policy/safe-way.js';
import { STRANGER } from '../../src/topology/snapshot.js';
import { reachOf } from './facts.js';
import { pictureOf } from './picture.js';

const long = (
  server: { flavour: 'mariadb' | 'mysql'; version: number; channel?: string },
  state: 'live' | 'armed' = 'live',
): string => {
  const worst = reachOf({ state });
  return safeWay(worst, [worst], pictureOf(server)).long;
};

describe('safeWay', () => {
  it.each([
    [{ flavour: 'mariadb', version: 101_119 }, 'STOP SLAVE; RESET SLAVE ALL'],
    [
      { flavour: 'mariadb', version: 110_400, channel: 'up' },
      "STOP SLAVE 'up'; RESET SLAVE 'up' ALL",
    ],
    [{ flavour: 'mysql', version: 50_624 }, 'STOP SLAVE; RESET SLAVE ALL'],
    [{ flavour: 'mysql', version: 80_021 }, 'STOP SLAVE; RESET SLAVE ALL'],
    [{ flavour: 'mysql', version: 80_022 }, 'STOP REPLICA; RESET REPLICA ALL'],
    [
      { flavour: 'mysql', version: 90_704, channel: 'up' },
      "STOP REPLICA FOR CHANNEL 'up'; RESET REPLICA ALL FOR CHANNEL 'up'",
    ],
  ] as const)('severs in the words of %o', (server, commands) => {
    expect(long(server)).toBe(`To be safe, sever first: on db1: ${commands}.`);
  });

  it('says that stopped is not severed', () => {
    expect(long({ flavour: 'mariadb', version: 101_119 }, 'armed')).toMatch(
      /^Stopped is not severed: START or a restart would replay it\./,
    );
  });

  it('severs the first link of an indirect path', () => {
    const worst = reachOf({ server: 'replica1', path: ['db2', 'db1', 'replica1'] });
    expect(safeWay(worst, [worst], undefined).long).toMatch(/on db1: stop its replication/);
  });

  it('names the other links that must go too', () => {
    const worst = reachOf();
    const others = ['c', 'd'].map((server) => reachOf({ server, path: ['db2', server] }));
    expect(safeWay(worst, [worst, ...others], undefined).long).toMatch(/ Likewise c and d\.$/);
    const more = [...others, reachOf({ server: 'e', path: ['db2', 'e'] })];
    expect(safeWay(worst, [worst, ...more], undefined).long).toMatch(/ Likewise 3 more links\.$/);
  });

  it('says why a server is unknown, and who a stranger is', () => {
    const unknown = reachOf({ state: 'unknown', reason: 'db1 did not say: timeout' });
    expect(safeWay(unknown, [unknown], undefined).long).toContain(
      'did not say: timeout. Mend that',
    );
    const stranger = reachOf({ server: STRANGER, path: ['db2', STRANGER], reason: 'user repl' });
    expect(safeWay(stranger, [stranger], undefined).long).toMatch(/user repl.*under readers/);
  });
});

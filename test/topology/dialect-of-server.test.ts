import { describe, expect, it } from 'vitest';
import type { Flavour } from '../../src/sql/dialect.js';
import { learnedFrom, realVersion } from '../../src/topology/dialect-of-server.js';

function results(
  facts: Record<string, unknown>,
  variables: Record<string, string> = {},
): unknown[] {
  const rows = Object.entries(variables).map(([name, value]) => ({
    Variable_name: name,
    Value: value,
  }));
  return [{ affectedRows: 0 }, [{ account: 'a@%', is_mariadb: 0, ...facts }], rows];
}

describe('learnedFrom', () => {
  it('tells the flavour by the comment it ran, not by its version', () => {
    const facts = { is_mariadb: 1, version: '8.0.36 MySQL Community Server' };
    expect(learnedFrom(results(facts)).dialect).toEqual({ flavour: 'mariadb', version: 80_036 });
  });

  it('keeps the variables it has, and what they switch on', () => {
    const on = { server_id: '1', log_bin: 'ON', wsrep_provider: '/usr/lib/galera.so' };
    const learned = learnedFrom(results({ version: '10.11.19' }, on));
    expect(learned).toMatchObject({ logBin: true, wsrep: true, groupReplication: false });
    expect(learned.variables).toEqual(['server_id', 'log_bin', 'wsrep_provider']);
    const off = { log_bin: 'OFF', wsrep_on: 'OFF', wsrep_provider: 'none' };
    expect(learnedFrom(results({ version: '10.11.19' }, off))).toMatchObject({
      logBin: false,
      wsrep: false,
    });
  });

  it('refuses a version that is none', () => {
    expect(() => learnedFrom(results({ version: 'the newest' }))).toThrow('cannot be read');
  });
});

describe('realVersion', () => {
  const asked = async (flavour: Flavour, claimed: number, real: number) => {
    let looks = 0;
    const version = await realVersion({ flavour, version: claimed }, (candidate) => {
      looks += 1;
      return Promise.resolve([{ runs: candidate <= real ? 1 : 0 }]);
    });
    return { version, looks };
  };

  it('takes two looks where the claim is true', async () => {
    expect(await asked('mysql', 90_704, 90_704)).toEqual({ version: 90_704, looks: 2 });
  });

  it.each([
    ['mysql', 80_036, 50_624],
    ['mysql', 50_100, 90_704],
    ['mariadb', 50_505, 101_119],
    ['mariadb', 120_000, 100_622],
  ] as const)('finds what %s that claims %i really is', async (flavour, claimed, real) => {
    const found = await asked(flavour, claimed, real);
    expect(found.version).toBe(real);
    expect(found.looks).toBeLessThan(22);
  });
});

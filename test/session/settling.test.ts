import { describe, expect, it } from 'vitest';
import { PreparedText } from '../../src/session/prepared-text.js';
import { SessionState } from '../../src/session/session-state.js';
import { Settling } from '../../src/session/settling.js';
import type { Dialect } from '../../src/sql/dialect.js';
import { readText } from '../../src/sql/statement-facts.js';
import type { TextResultset } from '../../src/wire/packets/text-resultset.js';
import { type SessionSays, sessionRow } from '../support/playbook.js';

const MARIADB: Dialect = { flavour: 'mariadb', version: 101_119 };
const TEMPORARY = row(['t', 'CREATE TEMPORARY TABLE `t` (']);
const ESCAPED = "SELECT 'it\\'; DROP TABLE t; -- '";

function row(values: readonly (string | null)[]): TextResultset {
  const bytes = values.map((value) => (value === null ? null : Buffer.from(value)));
  return { kind: 'rows', rows: [bytes] };
}

function settling(sql: string, prepared?: PreparedText): Settling {
  const state = new SessionState(
    { server: 'db1', session: 1, address: 'a', port: 1 },
    { capabilities: { common: 0, mariadb: 0 }, threadId: 1, user: 'u' },
  );
  const text = Buffer.from(sql);
  const worst = prepared?.worst ?? readText(text, { dialect: MARIADB });
  return new Settling({ text, worst, prepared }, { state, dialect: MARIADB, readText });
}

/** The kinds of questions it asks, given these answers; of anything else there is none. */
function asks(one: Settling, says: SessionSays | undefined, table?: TextResultset): string[] {
  const kinds: string[] = [];
  for (let inquiry = one.next(); inquiry !== undefined; inquiry = one.next()) {
    kinds.push(inquiry.kind);
    if (kinds.length > 5) throw new Error('it never ends');
    if (inquiry.kind === 'session')
      one.take(says === undefined ? undefined : row(sessionRow(says)));
    else one.take(table);
  }
  return kinds;
}
const effects = (one: Settling): string[] => one.settled.facts.effects.map(({ effect }) => effect);

describe('what a statement would do', () => {
  it('is what it reads to under the modes that were told', () => {
    const one = settling(ESCAPED);
    expect(effects(one)).toEqual(['drop-table']);
    expect(asks(one, {})).toEqual(['session']);
    expect(effects(one)).toEqual([]);
    const other = settling(ESCAPED);
    asks(other, { sqlMode: 'NO_BACKSLASH_ESCAPES' });
    expect(effects(other)).toEqual(['drop-table']);
    const odd = settling(ESCAPED);
    asks(odd, { charset: 'never_heard_of' });
    expect(effects(odd)).toEqual([]);
  });

  it('is the worst when the session does not answer', () => {
    const one = settling(ESCAPED);
    expect(asks(one, undefined)).toEqual(['session']);
    expect(effects(one)).toEqual(['drop-table']);
    expect(one.settled).toMatchObject({ reading: undefined, logging: undefined });
  });

  it('is known with its schema, and whether it is logged', () => {
    const one = settling('TRUNCATE t');
    asks(one, { database: 'crm', sqlLogBin: 0 });
    expect(one.settled.facts.effects[0]?.objects).toEqual([{ schema: 'crm', name: 't' }]);
    expect(one.settled.logging).toEqual({ binlog: false, galera: 'unknown' });
  });

  it('is nothing when its one table is temporary', () => {
    const one = settling('DROP TABLE IF EXISTS t');
    expect(asks(one, {}, TEMPORARY)).toEqual(['session', 'table']);
    expect(effects(one)).toEqual([]);
    for (const answer of [
      undefined,
      row(['t', 'CREATE TABLE `t` (']),
      row(['CREATE TEMPORARY TABLE ']),
    ]) {
      const other = settling('DROP TABLE t');
      asks(other, {}, answer);
      expect(effects(other)).toEqual(['drop-table']);
    }
  });

  it('is never taken for that of a temporary table where more is dropped, or at another time', () => {
    for (const sql of [
      'DROP TABLE t, u',
      'DROP TABLE t; DROP TABLE t',
      'SELECT 1; DROP TABLE t',
      'BEGIN NOT ATOMIC DROP TABLE t; END',
      'IF 1 THEN DROP TABLE t; END IF',
      'CREATE PROCEDURE p() DROP TABLE t',
      'SET STATEMENT sql_mode = "" FOR DROP TABLE t',
      "PREPARE s FROM 'DROP TABLE t'",
      'DROP VIEW t',
      'DROP SEQUENCE t',
      'TRUNCATE t',
      'DROP TABLE `é`',
    ]) {
      expect(asks(settling(sql), {}, TEMPORARY), sql).toEqual(['session']);
    }
  });

  it('is what the variable holds that it runs', () => {
    const run = (sql: string, says: SessionSays): Settling => {
      const one = settling(sql);
      asks(one, says);
      return one;
    };
    const prepared = run('PREPARE s FROM @v', { variable: 'SELECT 1' });
    expect(effects(prepared)).toEqual([]);
    expect(prepared.settled.facts.prepares).toEqual({ name: 's', text: Buffer.from('SELECT 1') });
    expect(effects(run('PREPARE s FROM @v', { variable: 'TRUNCATE t' }))).toEqual([
      'truncate-table',
    ]);
    expect(effects(run('PREPARE s FROM @v', { variable: null }))).toEqual(['run-opaque']);
    const immediate = run('EXECUTE IMMEDIATE @v', { variable: 'USE crm' });
    expect(immediate.settled.facts).toMatchObject({ effects: [], movesTo: { schema: 'crm' } });
    const called = run('EXECUTE IMMEDIATE @v', { variable: 'CALL p()' });
    expect(called.settled.facts).toMatchObject({ movesTo: 'unknown', prepares: 'unknown' });
  });

  it('asks for no variable that the text itself may change', () => {
    for (const sql of [
      "SET @v = 'x'; PREPARE s FROM @v",
      'PREPARE s FROM @@init_connect',
      "PREPARE s FROM @'v'",
      'PREPARE s FROM @v; EXECUTE s',
      'BEGIN NOT ATOMIC PREPARE s FROM @v; END',
    ]) {
      const one = settling(sql);
      expect(one.next(), sql).toEqual({ kind: 'session', hasGalera: true });
      asks(one, { variable: 'SELECT 1' });
      expect(effects(one), sql).toContain('run-opaque');
    }
  });

  it('of a prepared text is what it reads to now and all that it was parsed as', () => {
    const text = Buffer.from(ESCAPED);
    const worst = readText(text, { dialect: MARIADB });
    const parsed = new PreparedText(text, { worst, asked: { effects: [], statements: [] } });
    const now = settling('EXECUTE s', parsed);
    asks(now, {});
    expect(effects(now)).toEqual([]);
    const later = settling('EXECUTE s', parsed);
    asks(later, { sqlMode: 'NO_BACKSLASH_ESCAPES' });
    expect(effects(later)).toEqual(['drop-table']);
    parsed.runs(later.settled.reading);
    const again = settling('EXECUTE s', parsed);
    asks(again, {});
    expect(effects(again)).toEqual(['drop-table']);
  });
});

describe('what a question takes away', () => {
  it('is put back where it can be', () => {
    for (const [foundRows, kinds] of [
      [1, ['session']],
      [0, ['session', 'found-rows']],
      [1_000, ['session', 'found-rows']],
      [1_001, ['session']],
    ] as const) {
      expect(asks(settling('TRUNCATE t'), { foundRows })).toEqual(kinds);
    }
  });
});

describe('a MariaDB without Galera', () => {
  it('is asked once more without its variables, and never again for them', () => {
    const one = settling('TRUNCATE t');
    expect(one.next()).toEqual({ kind: 'session', hasGalera: true });
    one.take({ kind: 'error', errorCode: 1193 });
    expect(one.next()).toEqual({ kind: 'session', hasGalera: false });
    one.take({ kind: 'error', errorCode: 1193 });
    expect(one.next()).toBeUndefined();
    expect(effects(one)).toEqual(['truncate-table']);
  });
});

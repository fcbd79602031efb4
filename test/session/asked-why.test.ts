import { describe, expect, it } from 'vitest';
import { whyAsk } from '../../src/session/asked-why.js';
import { PreparedText } from '../../src/session/prepared-text.js';
import { SessionState } from '../../src/session/session-state.js';
import { readText } from '../../src/sql/statement-facts.js';
import type { CommandName } from '../../src/wire/commands.js';

const dialect = { flavour: 'mariadb', version: 101_119 } as const;

function stateIn(database?: string): SessionState {
  return new SessionState(
    { server: 'db1', session: 1, address: 'a', port: 1 },
    {
      capabilities: { common: 0, mariadb: 0 },
      threadId: 1,
      user: 'u',
      ...(database === undefined ? {} : { database }),
    },
  );
}

function why(sql: string, state = stateIn('shop'), command: CommandName = 'COM_QUERY') {
  const text = Buffer.from(sql);
  const worst = readText(text, state.readContext(dialect));
  return whyAsk(command, { text, worst, prepared: undefined }, state);
}

describe('a session is asked', () => {
  it('when what a text does hangs on its modes', () => {
    expect(why("SELECT 'it\\'; DROP TABLE t; -- '")).toBe('reading');
    expect(why('SELECT "\\"; DROP TABLE t; -- "')).toBe('reading');
    expect(why("INSERT INTO t VALUES ('it\\'s', 'drop')")).toBeUndefined();
  });

  it('when a variable is run, when it counts whether the statement is logged', () => {
    expect(why('PREPARE s FROM @v')).toBe('variable');
    expect(why('EXECUTE IMMEDIATE @v')).toBe('variable');
    expect(why('DROP TABLE t')).toBe('logging');
    expect(why('DELETE FROM t')).toBe('logging');
  });

  it('when a bare name means nothing without the default schema', () => {
    expect(why('CREATE PROCEDURE p() DROP TABLE t', stateIn())).toBe('schema');
    expect(why('CREATE PROCEDURE p() DROP TABLE t')).toBeUndefined();
    expect(why('CALL p()', stateIn())).toBeUndefined();
  });

  it('about nothing that is not guarded, or that its answers would not change', () => {
    for (const sql of ['SELECT 1', 'PURGE BINARY LOGS BEFORE now()', 'SET sql_log_bin = 0']) {
      expect(why(sql), sql).toBeUndefined();
    }
    expect(why('DROP TABLE t', stateIn('shop'), 'COM_REFRESH')).toBeUndefined();
  });
});

describe('a session is not asked', () => {
  it('before a statement that reads what the one before it left', () => {
    for (const sql of [
      'DELETE FROM t WHERE ROW_COUNT() = 1',
      'INSERT INTO u SELECT found_rows(); DROP TABLE t',
      'GET DIAGNOSTICS @n = NUMBER; DROP TABLE t',
      'SHOW /* all */ WARNINGS; DROP TABLE t',
      'SHOW COUNT(*) ERRORS; TRUNCATE t',
      'UPDATE t SET a = @@warning_count',
      'DELETE FROM t ORDER BY @@error_count',
    ]) {
      expect(why(sql), sql).toBeUndefined();
    }
    expect(why('DROP TABLE errors')).toBe('logging');
  });

  it('before it runs a prepared text that does', () => {
    const state = stateIn('shop');
    const text = Buffer.from('DELETE FROM t WHERE ROW_COUNT()');
    const worst = readText(text, { dialect });
    const prepared = new PreparedText(text, { worst });
    const unsettled = { text: Buffer.from('EXECUTE s'), worst, prepared };
    expect(whyAsk('COM_QUERY', unsettled, state)).toBeUndefined();
  });

  it('while its transactions are reported, or changes are still to be', () => {
    const tracked = stateIn('shop');
    tracked.tracksTransactions = true;
    expect(why('DROP TABLE t', tracked)).toBeUndefined();
    const owed = stateIn('shop');
    owed.owesTracking = true;
    expect(why('DROP TABLE t', owed)).toBeUndefined();
  });
});

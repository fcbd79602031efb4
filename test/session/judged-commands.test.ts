import { describe, expect, it } from 'vitest';
import { readJudged } from '../../src/session/judged-commands.js';
import type { SessionOptions } from '../../src/session/session-options.js';
import { SessionState } from '../../src/session/session-state.js';
import type { ReadContext } from '../../src/sql/dialect.js';
import { bytes, int } from '../support/packets.js';
import { readWords } from '../support/verdicts.js';

const seen: ReadContext[] = [];
const options: SessionOptions = {
  server: { name: 'db1', host: 'h', port: 1, binlogDump: 'deny' },
  session: 1,
  client: { address: 'a', port: 1 },
  statementBytes: 1_000,
  requireTls: false,
  readText: (text, context) => {
    seen.push(context);
    return readWords(text);
  },
  dialect: () => ({ flavour: 'mysql', version: 90_000 }),
  metrics: { command: () => {}, unguarded: () => {}, asked: () => {} },
};
const newState = (): SessionState =>
  new SessionState(
    { server: 'db1', session: 1, address: 'a', port: 1 },
    { capabilities: { common: 0, mariadb: 0 }, threadId: 1, user: 'u', database: 'crm' },
  );

describe('readJudged', () => {
  it('reads a text with what is known of its session', () => {
    const state = newState();
    const reading = readJudged('COM_QUERY', bytes(3, 'DROP TABLE t'), { state, options });
    expect(reading).toMatchObject({ kind: 'read', text: Buffer.from('DROP TABLE t') });
    const dialect = { flavour: 'mysql', version: 90_000 };
    expect(seen.at(-1)).toEqual({ dialect, database: 'crm' });
  });

  it('refuses what no reader here knows, rather than let it pass', () => {
    const state = newState();
    const reading = readJudged('COM_PING', bytes(14), { state, options });
    expect(reading).toMatchObject({ kind: 'refused', builtIn: { rule: 'built-in-failure' } });
  });

  it('refuses an EXECUTE that is too short for an id', () => {
    const state = newState();
    const reading = readJudged('COM_STMT_EXECUTE', bytes(0x17, 1, 2), { state, options });
    expect(reading).toMatchObject({ kind: 'refused', builtIn: { rule: 'built-in-malformed' } });
  });

  it('refuses an EXECUTE that may write once the session is latched', () => {
    const state = newState();
    const facts = { effects: [], statements: [] };
    state.statements.add(1, { facts, text: Buffer.alloc(0), readOnly: false });
    state.statements.add(2, { facts, text: Buffer.alloc(0), readOnly: true });
    state.latched = true;
    const run = (id: number) =>
      readJudged('COM_STMT_EXECUTE', bytes(0x17, int(id, 4)), { state, options }).kind;
    expect([run(1), run(2)]).toEqual(['refused', 'read']);
  });

  it('reads COM_REFRESH without flags as nothing', () => {
    const state = newState();
    const reading = readJudged('COM_REFRESH', bytes(7), { state, options });
    expect(reading.kind).not.toBe('read');
  });
});

it('calls COM_REFRESH without its flags malformed', () => {
  const reading = readJudged('COM_REFRESH', bytes(7), { state: newState(), options });
  expect(reading).toMatchObject({ kind: 'refused', builtIn: { rule: 'built-in-malformed' } });
});

// The command on audit files written here; on one of a real Interlock: test/e2e/rules.test.ts.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ReplayOptions, replayCommand } from '../../src/cli/replay.js';
import { EXIT } from '../../src/cli/terminal.js';
import { folderWith, GOOD_CONFIG, recordedTerminal } from './recorded-terminal.js';

const NAMES = [{ schema: 'shop', name: 'orders' }];
const record = (changes: object = {}): string =>
  JSON.stringify({
    v: 1,
    kind: 'decision',
    id: 'R1',
    time: '2026-11-27T19:00:00.000Z',
    server: 'db1',
    user: 'app',
    client: { address: '10.0.0.1', port: 5 },
    session: 1,
    threadId: 2,
    command: 'COM_QUERY',
    statement: 'DROP TABLE shop.orders',
    statementBytes: 22,
    statementSha256: 'a',
    effects: [
      {
        effect: 'drop-table',
        verb: 'DROP TABLE',
        objects: ['shop.orders'],
        names: NAMES,
        deferred: false,
      },
    ],
    logged: 'unknown',
    mode: 'enforce',
    verdict: 'permit',
    wouldBe: 'permit',
    rule: 'none',
    rules: [],
    revision: 'r',
    links: [],
    reach: [],
    lowerCaseTableNames: 0,
    ...changes,
  });
const OUTCOME = '{"v":1,"kind":"outcome","id":"R1"}';
const FOREVER = `rules:
  - { id: forever, owner: dba, match: { table: orders }, verdict: deny }
`;

async function replay(
  lines: readonly string[],
  options: Partial<ReplayOptions> = {},
  files: Readonly<Record<string, string>> = { 'rules.yaml': FOREVER },
) {
  const folder = await folderWith({ 'audit.jsonl': `${lines.join('\n')}\n`, ...files });
  const terminal = recordedTerminal();
  const given = { config: join(folder, 'interlock.yaml'), configGiven: false, json: false };
  const rules = [join(folder, 'rules.yaml')];
  const code = await replayCommand(
    join(folder, 'audit.jsonl'),
    { ...given, rules, ...options },
    terminal,
  );
  return { code, ...terminal.said };
}

describe('interlock replay', () => {
  it('shows what would change, as a diff', async () => {
    const { code, out } = await replay([record(), OUTCOME, record({ id: 'R2', rule: 'none' })]);
    expect(code).toBe(EXIT.notOk);
    expect(out).toContain('- permit by none\n+ deny by forever\n');
    expect(out).toContain('2 decisions: 2 would change, 0 cannot be told, 0 stay as they were');
  });

  it('is content where nothing would', async () => {
    const denied = { verdict: 'deny', wouldBe: 'deny', rule: 'forever' };
    const { code, out } = await replay([record(denied)]);
    expect(code).toBe(EXIT.ok);
    expect(out).toBe('1 decisions: 0 would change, 0 cannot be told, 1 stay as they were\n');
  });

  it('takes what was approved for what its rule said', async () => {
    const rules = FOREVER.replace('deny', 'require-approval');
    const approved = record({ wouldBe: 'require-approval', rule: 'forever' });
    expect((await replay([approved], {}, { 'rules.yaml': rules })).code).toBe(EXIT.ok);
    expect((await replay([approved])).out).toContain('- permit by forever (approved)\n+ deny by');
  });

  it('never guesses what was not looked up', async () => {
    const rules = FOREVER.replace('table: orders', 'rows: ">1000"');
    const { code, out } = await replay([record()], {}, { 'rules.yaml': rules });
    expect(code).toBe(EXIT.notOk);
    expect(out).toContain('? unknown: permit by none, or deny by forever; rows not looked up then');
    const large = [{ ...NAMES[0], rows: 5_000, bytes: 1 }];
    const [effect] = JSON.parse(record()).effects;
    const known = record({ effects: [{ ...effect, names: large }] });
    expect((await replay([known], {}, { 'rules.yaml': rules })).out).toContain('+ deny by forever');
  });

  it('leaves what no rule was asked about, and does not guess where links are not known', async () => {
    const refused = { verdict: 'deny', wouldBe: 'deny' };
    const { out } = await replay([
      record({ ...refused, rule: 'built-in-malformed', effects: [] }),
      record({ ...refused, rule: 'built-in-failure' }),
      record({ ...refused, rule: 'built-in-no-rules', id: 'R3' }),
    ]);
    expect(out).toContain('? unknown: links not looked up then');
    expect(out).toContain('- deny by built-in-no-rules\n+ deny by forever\n');
    expect(out).toContain('3 decisions: 1 would change, 1 cannot be told, 1 stay as they were');
  });

  it('takes shipped sets by name, and the rules of a configuration', async () => {
    const live = {
      reach: [{ server: 'db2', path: ['db1', 'db2'], state: 'live', writable: true }],
    };
    const shipped = await replay([record(live)], { rules: ['default'] });
    expect(shipped.out).toContain('+ require-approval by no-drop-while-linked');
    const config = `${GOOD_CONFIG}rules: ./rules.yaml\nmode: shadow\n`;
    const files = { 'rules.yaml': FOREVER, 'interlock.yaml': config };
    const shadowed = await replay([record()], { rules: [] }, files);
    expect(shadowed.out).toContain('+ permit by forever (in shadow: would be deny)');
    const enforced = await replay([record()], { rules: [], mode: 'enforce' }, files);
    expect(enforced.out).toContain('+ deny by forever\n');
  });

  it('says the same as JSON', async () => {
    const { out } = await replay([record(), 'half a l'], { json: true });
    expect(JSON.parse(out)).toMatchObject({
      decisions: 1,
      changed: [{ before: { verdict: 'permit' }, after: { verdict: 'deny', rule: 'forever' } }],
      unreadable: [{ line: 2, reason: 'it is no JSON' }],
    });
  });

  it('is a usage error without rules that load, or a record that can be read', async () => {
    const broken = await replay([record()], {}, { 'rules.yaml': 'rules: 7' });
    expect(broken).toMatchObject({ code: EXIT.usage, err: expect.stringContaining(':1:8: error') });
    const none = await replay(['nothing', '{}', '{"kind":"decision"}']);
    expect(none.code).toBe(EXIT.usage);
    expect(none.err).toContain('holds no decision that could be read; line 1: it is no JSON');
    const terminal = recordedTerminal();
    const options = { config: '/nowhere', configGiven: false, json: false, rules: ['default'] };
    expect(await replayCommand('/nowhere/audit', options, terminal)).toBe(EXIT.usage);
    expect(terminal.said.err).toContain('cannot read the audit record /nowhere/audit');
    const unsaid = { ...options, rules: [] };
    expect(await replayCommand('/nowhere/audit', unsaid, terminal)).toBe(EXIT.usage);
    expect(terminal.said.err).toContain('say which rules');
  });
});

import { describe, expect, it } from 'vitest';
import {
  isUndoneCommit,
  NoServer,
  reasonOf,
  remedyFor,
  UnconfirmedCommit,
  UnfitServer,
} from '../../src/approval/control-failure.js';

/** As the driver throws what a server said, and what the network did. */
const said = (errno: number): Error => Object.assign(new Error(`error ${errno}`), { errno });
const lost = (code: string): Error => Object.assign(new Error(code), { code, errno: -104 });

describe('what may be done about a failure', () => {
  it.each([1020, 1205, 1213, 3101])('asks again what the server has undone (%i)', (errno) => {
    expect(remedyFor(said(errno))).toBe('again');
  });

  it.each([1040, 1047, 1053, 1290, 1317, 1836])('goes elsewhere after %i', (errno) => {
    expect(remedyFor(said(errno))).toBe('elsewhere');
  });

  it('goes elsewhere when the connection or the server is no use', () => {
    expect(remedyFor(lost('ECONNRESET'))).toBe('elsewhere');
    expect(remedyFor(Object.assign(new Error('gone'), { code: 'PROTOCOL_CONNECTION_LOST' }))).toBe(
      'elsewhere',
    );
    const closed = new Error("Can't add new command when connection is in closed state");
    expect(remedyFor(Object.assign(closed, { fatal: true }))).toBe('elsewhere');
    expect(remedyFor(new UnfitServer('it is read-only'))).toBe('elsewhere');
  });

  it('tries nothing again that may be committed, or that it does not know', () => {
    expect(remedyFor(new UnconfirmedCommit(lost('ECONNRESET')))).toBe('final');
    expect(remedyFor(new UnconfirmedCommit(said(1213)))).toBe('final');
    expect(remedyFor(new NoServer('c1:3306: away', false))).toBe('final');
    expect(remedyFor(new NoServer('c1:3306: no answer', true))).toBe('elsewhere');
    for (const odd of [said(1142), said(1064), new Error('a bug of ours'), 'text', undefined]) {
      expect(remedyFor(odd)).toBe('final');
    }
  });

  it('takes only three answers to COMMIT for a no', () => {
    expect([1213, 3101].map((errno) => isUndoneCommit(said(errno)))).toEqual([true, true]);
    const inside = (number: number): Error =>
      Object.assign(new Error(`Got error ${number} - 'so' during COMMIT`), { errno: 1180 });
    expect([149, 1, 1490].map((number) => isUndoneCommit(inside(number)))).toEqual([
      ...[true, false, false],
    ]);
    expect([149, 1].map((number) => remedyFor(inside(number)))).toEqual(['again', 'final']);
    expect([1205, 1180, 1047].some((errno) => isUndoneCommit(said(errno)))).toBe(false);
    expect(isUndoneCommit(lost('ECONNRESET'))).toBe(false);
  });
});

describe('what is said of it', () => {
  const at = { database: 'control', user: 'approvals' };
  const rights = 'GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON control.* TO approvals';

  it('says how to mend what is missing', () => {
    expect(reasonOf(said(1142), at)).toContain(`approvals lacks rights: ${rights} (error 1142)`);
    expect(reasonOf(said(1049), at)).toBe(
      `no database control: CREATE DATABASE control; ${rights}`,
    );
  });

  it('quotes everything else', () => {
    expect(reasonOf(lost('ECONNREFUSED'), at)).toBe('ECONNREFUSED');
    expect(reasonOf(new UnconfirmedCommit(lost('ECONNRESET')), at)).toBe(
      'it did not confirm the commit (ECONNRESET)',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { fileTroubleOf, InterlockError, messageOf } from '../src/errors.js';

describe('an operating failure', () => {
  it('has a code, and keeps what caused it', () => {
    const cause = new Error('ENOSPC');
    const failure = new InterlockError('AUDIT_UNAVAILABLE', 'the disk is full', { cause });
    expect(failure).toBeInstanceOf(Error);
    expect(failure).toMatchObject({ code: 'AUDIT_UNAVAILABLE', name: 'InterlockError', cause });
  });

  it('takes no code that the catalogue does not name', () => {
    // @ts-expect-error a code outside the closed list does not compile
    expect(new InterlockError('NO_SUCH_CODE', '').code).toBe('NO_SUCH_CODE');
  });
});

describe('fileTroubleOf', () => {
  it('says in words what the system says by a code, and keeps the code', () => {
    const thrown = (code: string) => Object.assign(new Error(`${code}: open '/x'`), { code });
    expect(fileTroubleOf(thrown('ENOENT'))).toBe('there is no such file or folder (ENOENT)');
    expect(fileTroubleOf(thrown('ENOSPC'))).toBe('the disk is full (ENOSPC)');
    expect(fileTroubleOf(thrown('EIO'))).toBe("EIO: open '/x'");
    expect(fileTroubleOf('odd')).toBe('odd');
  });
});

describe('messageOf', () => {
  it('quotes an error’s message, and whatever else was thrown as it is', () => {
    expect(messageOf(new InterlockError('LAB_FAILED', 'no server'))).toBe('no server');
    expect(messageOf('a string')).toBe('a string');
    expect(messageOf(undefined)).toBe('undefined');
  });
});

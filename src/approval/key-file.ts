// An approver's key pair on disk: the private half for its owner alone, and the entry with the public
// half that the security team puts among the approvers. Never prints the private half.
import { closeSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import { fileTroubleOf, InterlockError } from '../errors.js';
import { ALGORITHMS, type Algorithm, type Seal } from './approvers.js';
import { isLocked, lockKey, unlockKey } from './key-lock.js';

export interface PrivateKey {
  readonly person: string;
  readonly kid: string;
  readonly algorithm: Algorithm;
  readonly jwk: JWK;
  /** It was locked with a passphrase: a key for emergencies. */
  readonly isSealed: boolean;
}

export interface NewKey {
  readonly person: string;
  readonly groups: readonly string[];
  readonly accounts: readonly string[];
  readonly algorithm: Algorithm;
  /** Days such as 2027-06-30. */
  readonly notBefore: string;
  readonly notAfter?: string;
}

const privateKey = z.object({
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  y: z.string().optional(),
  d: z.string(),
  kid: z.string(),
  alg: z.enum(ALGORITHMS),
  person: z.string(),
});

/** A key for emergencies: what it may sign for, and what its file is locked with. */
export interface NewSeal extends Seal {
  readonly passphrase: string;
}

/** Both halves as text: neither is on disk yet. */
export async function makeKey(
  key: NewKey & { readonly seal?: NewSeal },
): Promise<{ readonly privateText: string; readonly publicText: string; readonly kid: string }> {
  const { person, groups, accounts, algorithm, notBefore, notAfter } = key;
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const own = await exportJWK(pair.privateKey);
  const known = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(known);
  const entry = {
    ...known,
    ...{ kid, alg: algorithm, use: 'sig', person },
    ...(key.seal === undefined ? { groups, accounts } : { sealed: sealEntry(key.seal) }),
    not_before: notBefore,
    ...(notAfter === undefined ? {} : { not_after: notAfter }),
  };
  return {
    kid,
    privateText: await privateText({ ...own, kid, alg: algorithm, person }, key.seal),
    publicText: jsonText({ keys: [entry] }),
  };
}

function sealEntry({ accounts, servers }: Seal): Seal {
  return { accounts, servers };
}

/** Of a sealed key one line in ASCII, which can be printed and typed in again. */
async function privateText(jwk: JWK & { person: string }, seal?: NewSeal): Promise<string> {
  return seal === undefined ? jsonText(jwk) : `${await lockKey(JSON.stringify(jwk), seal)}\n`;
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Never over a file that is there: it may be somebody's key. */
export function writeNew(file: string, text: string, mode: number): void {
  let handle: number;
  try {
    handle = openSync(file, 'wx', mode);
  } catch (thrown) {
    const isThere = thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST';
    const why = isThere
      ? 'is there already; nothing was written over it'
      : `cannot be made: ${fileTroubleOf(thrown)}`;
    throw fileTrouble(`${file} ${why}`, thrown);
  }
  writeSync(handle, text);
  fsyncSync(handle);
  closeSync(handle);
}

export function fileTrouble(text: string, cause?: unknown): InterlockError {
  return new InterlockError('APPROVERS_INVALID', text, { cause });
}

/**
 * Throws APPROVERS_INVALID for what is no private key, or one that others can read. `passphrase` is
 * asked for a sealed one only.
 */
export async function readPrivateKey(
  file: string,
  passphrase: () => Promise<string>,
): Promise<PrivateKey> {
  const bad = (why: string, cause?: unknown): InterlockError =>
    fileTrouble(`the key ${file} ${why}`, cause);
  let value: unknown;
  let isSealed: boolean;
  try {
    if ((statSync(file).mode & 0o077) !== 0) throw bad('can be read by others: chmod 600 it');
    const text = readFileSync(file, 'utf8');
    isSealed = isLocked(text);
    const open = isSealed ? await unlockKey(text, await passphrase()) : text;
    if (open === undefined) throw bad('does not open with this passphrase');
    value = JSON.parse(open);
  } catch (thrown) {
    if (thrown instanceof InterlockError) throw thrown;
    // The words of a JSON error quote the text, and that is a private key.
    throw thrown instanceof SyntaxError
      ? bad('is no JSON')
      : bad(`cannot be read: ${fileTroubleOf(thrown)}`, thrown);
  }
  const read = privateKey.safeParse(value);
  if (!read.success) throw bad('is no private key of interlock keygen');
  const { person, kid, alg, kty, crv, x, y, d } = read.data;
  return {
    person,
    kid,
    algorithm: alg,
    isSealed,
    jwk: { kty, crv, x, d, ...(y === undefined ? {} : { y }) },
  };
}

// An approver's key pair on disk: the private half for its owner alone, and the entry with the public
// half that the security team puts among the approvers. Never prints the private half.
import { closeSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import { InterlockError, messageOf } from '../errors.js';
import { ALGORITHMS, type Algorithm } from './approvers.js';

export interface PrivateKey {
  readonly person: string;
  readonly kid: string;
  readonly algorithm: Algorithm;
  readonly jwk: JWK;
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

/** Both halves as text: neither is on disk yet. */
export async function makeKey(
  key: NewKey,
): Promise<{ readonly privateText: string; readonly publicText: string; readonly kid: string }> {
  const { person, groups, accounts, algorithm, notBefore, notAfter } = key;
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const own = await exportJWK(pair.privateKey);
  const known = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(known);
  const entry = {
    ...known,
    ...{ kid, alg: algorithm, use: 'sig', person, groups, accounts },
    not_before: notBefore,
    ...(notAfter === undefined ? {} : { not_after: notAfter }),
  };
  return {
    kid,
    privateText: jsonText({ ...own, kid, alg: algorithm, person }),
    publicText: jsonText({ keys: [entry] }),
  };
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
    const why = isThere ? 'is there already; nothing was written over it' : messageOf(thrown);
    throw fileTrouble(`${file} ${why}`, thrown);
  }
  writeSync(handle, text);
  fsyncSync(handle);
  closeSync(handle);
}

export function fileTrouble(text: string, cause?: unknown): InterlockError {
  return new InterlockError('APPROVERS_INVALID', text, { cause });
}

/** Throws APPROVERS_INVALID for what is no private key, or one that others can read. */
export function readPrivateKey(file: string): PrivateKey {
  const bad = (why: string, cause?: unknown): InterlockError =>
    fileTrouble(`the key ${file} ${why}`, cause);
  let value: unknown;
  try {
    if ((statSync(file).mode & 0o077) !== 0) throw bad('can be read by others: chmod 600 it');
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (thrown) {
    if (thrown instanceof InterlockError) throw thrown;
    // The words of a JSON error quote the text, and that is a private key.
    throw thrown instanceof SyntaxError ? bad('is no JSON') : bad(messageOf(thrown), thrown);
  }
  const read = privateKey.safeParse(value);
  if (!read.success) throw bad('is no private key of interlock keygen');
  const { person, kid, alg, kty, crv, x, y, d } = read.data;
  return {
    person,
    kid,
    algorithm: alg,
    jwk: { kty, crv, x, d, ...(y === undefined ? {} : { y }) },
  };
}

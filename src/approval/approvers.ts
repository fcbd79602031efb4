// The people who may approve: their public keys, groups and database accounts, from JSON Web Key Sets
// that the security team owns. Read anew for each use, so that a revoked key is one at once; what
// cannot be read lets nobody approve.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { z } from 'zod';
import { fileTroubleOf, InterlockError, messageOf } from '../errors.js';
import { endOfDayMs } from '../policy/expiry.js';

export interface Person {
  readonly name: string;
  readonly groups: readonly string[];
  /** Login names of this person on the servers: what these ask for, the person cannot approve. */
  readonly accounts: readonly string[];
}

/** Of a key for emergencies: who may run what it signs for, and where. */
export interface Seal {
  readonly accounts: readonly string[];
  readonly servers: readonly string[];
}

export interface ApproverKey {
  /** The key's thumbprint (RFC 7638), whatever the file calls it. */
  readonly kid: string;
  readonly person: string;
  readonly algorithm: Algorithm;
  readonly jwk: JWK;
  readonly notBeforeMs?: number;
  /** The first moment at which it no longer counts. */
  readonly notAfterMs?: number;
  readonly revokedMs?: number;
  /** It counts for itself, whatever a rule asks for, and for nobody's word. */
  readonly seal?: Seal;
}

export const ALGORITHMS = ['EdDSA', 'ES256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface Approvers {
  readonly people: ReadonlyMap<string, Person>;
  /** By key id. */
  readonly keys: ReadonlyMap<string, ApproverKey>;
}

const FILES_MAX = 1000;
const FILE_BYTES_MAX = 1024 * 1024;

const name = z
  .string()
  .regex(/^[^\s\p{C}][^\p{C}]{0,63}$/u, { error: 'a name of one to 64 letters' });
const day = z.string().refine((text) => endOfDayMs(text) !== undefined, {
  error: 'a day such as 2027-06-30',
});

const seal = z.strictObject({
  accounts: z.array(z.string().min(1)).min(1, { error: 'at least one account' }),
  servers: z.array(z.string().min(1)).min(1, { error: 'at least one server' }),
});

const entry = z.strictObject({
  kty: z.enum(['OKP', 'EC'], { error: 'OKP (Ed25519) or EC (P-256)' }),
  crv: z.enum(['Ed25519', 'P-256'], { error: 'Ed25519 or P-256' }),
  x: z.string(),
  y: z.string().optional(),
  kid: z.string().optional(),
  use: z.string().optional(),
  alg: z.enum(ALGORITHMS, { error: 'EdDSA or ES256' }).optional(),
  key_ops: z.array(z.string()).optional(),
  person: name,
  groups: z.array(name).default([]),
  accounts: z.array(z.string().min(1)).default([]),
  not_before: day.optional(),
  not_after: day.optional(),
  revoked: day.optional(),
  sealed: seal.optional(),
});

const keySet = z.strictObject({ keys: z.array(entry) });

type Entry = z.output<typeof entry>;

/** Throws APPROVERS_INVALID, naming the file and what is wrong with it. */
export async function loadApprovers(path: string): Promise<Approvers> {
  const people = new Map<string, Person>();
  const keys = new Map<string, ApproverKey>();
  for (const file of filesAt(path)) {
    for (const read of readKeySet(file)) {
      const key = await keyOf(read, file);
      const other = keys.get(key.kid);
      if (other !== undefined && other.person !== key.person) {
        throw invalid(file, `${key.person} has the same key as ${other.person}`);
      }
      keys.set(key.kid, key);
      if (key.seal === undefined) {
        people.set(key.person, together(people.get(key.person), read));
      }
    }
  }
  const both = [...keys.values()].find(({ seal, person }) => seal && people.has(person));
  if (both !== undefined) {
    throw invalid(path, `${both.person} is a person: a sealed key needs a name of its own`);
  }
  if (keys.size === 0) throw invalid(path, 'there is no key in it');
  return { people, keys };
}

function filesAt(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path).filter((file) => /^[^.].*\.(?:json|jwks)$/.test(file));
    if (names.length > FILES_MAX) throw new Error(`more than ${FILES_MAX} files`);
    return names.toSorted().map((file) => join(path, file));
  } catch (thrown) {
    throw invalid(path, fileTroubleOf(thrown), thrown);
  }
}

function readKeySet(file: string): readonly Entry[] {
  let value: unknown;
  try {
    if (statSync(file).size > FILE_BYTES_MAX) throw new Error(`more than ${FILE_BYTES_MAX} bytes`);
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (thrown) {
    throw invalid(file, fileTroubleOf(thrown), thrown);
  }
  const read = keySet.safeParse(value);
  if (read.success) return read.data.keys;
  const issue = read.error.issues[0];
  // Its words may hold a private key that somebody put there by mistake: only names are told.
  const where = issue?.path.join('.') || 'the file';
  const what = issue?.code === 'unrecognized_keys' ? `unknown field ${issue.keys}` : issue?.message;
  throw invalid(file, `${where}: ${what}`);
}

async function keyOf(read: Entry, file: string): Promise<ApproverKey> {
  const { kty, crv, x, y, person, not_before, not_after, revoked } = read;
  const algorithm = crv === 'Ed25519' ? 'EdDSA' : 'ES256';
  if ((kty === 'OKP') !== (crv === 'Ed25519') || (read.alg ?? algorithm) !== algorithm) {
    throw invalid(file, `the key of ${person} says ${kty}, ${crv} and ${read.alg}`);
  }
  if (read.sealed !== undefined) {
    if (not_after === undefined) throw invalid(file, `the sealed key ${person} has no not_after`);
    if (read.groups.length > 0 || read.accounts.length > 0) {
      throw invalid(file, `the sealed key ${person} has groups or accounts beside \`sealed\``);
    }
  }
  const jwk: JWK = { kty, crv, x, ...(y === undefined ? {} : { y }) };
  const kid = await calculateJwkThumbprint(jwk).catch((thrown: unknown) => {
    throw invalid(file, `the key of ${person}: ${messageOf(thrown)}`, thrown);
  });
  return {
    kid,
    person,
    algorithm,
    jwk,
    ...(not_before === undefined ? {} : { notBeforeMs: startOfDay(not_before) }),
    // The day itself still counts.
    ...(not_after === undefined ? {} : { notAfterMs: startOfDay(not_after) + DAY_MS }),
    ...(revoked === undefined ? {} : { revokedMs: startOfDay(revoked) }),
    ...(read.sealed === undefined ? {} : { seal: read.sealed }),
  };
}

const DAY_MS = 24 * 3_600_000;

function startOfDay(day: string): number {
  return (endOfDayMs(day) ?? 0) - DAY_MS;
}

/** A person with several keys is one person, with all their groups and accounts. */
function together(known: Person | undefined, read: Entry): Person {
  const union = (a: readonly string[] = [], b: readonly string[]) =>
    [...new Set([...a, ...b])].toSorted();
  return {
    name: read.person,
    groups: union(known?.groups, read.groups),
    accounts: union(known?.accounts, read.accounts),
  };
}

function invalid(path: string, why: string, cause?: unknown): InterlockError {
  const text = `the approvers cannot be read (${basename(path)}: ${why})`;
  return new InterlockError('APPROVERS_INVALID', text, { cause });
}

// The key that signs checkpoints: made at the first start, kept beside the audit file for its owner
// only, its public half beside it for whoever verifies. Never leaves the disk it was made on.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { InterlockError, messageOf } from '../errors.js';

export interface Seal {
  /** The public half: 32 bytes in base64, as each checkpoint names it. */
  readonly key: string;
  sign(text: string): string;
}

const SIGNATURE = ',"signature":"';

/** Reads the key, or makes it. AUDIT_UNAVAILABLE when neither can be done. */
export async function openSeal(path: string): Promise<Seal> {
  try {
    const made = (await readKey(path)) ?? (await makeKey(path));
    const key = publicText(createPublicKey(made));
    // For whoever verifies; the key itself can tell it too.
    await writeFile(`${path}.pub`, publicPem(made), { mode: 0o644 }).catch(() => undefined);
    return { key, sign: (text) => sign(null, Buffer.from(text), made).toString('base64') };
  } catch (thrown) {
    throw unusable(path, thrown);
  }
}

function unusable(path: string, cause: unknown): InterlockError {
  const what = `The key ${path} that signs the audit file cannot be used: ${messageOf(cause)}`;
  const way = 'let the account Interlock runs as read and write it, or move it away for a new one';
  return new InterlockError('AUDIT_UNAVAILABLE', `${what}. Mend: ${way}.`, { cause });
}

/** What a signed line adds to its body, and the text that is signed: all before it. */
export function signed(body: string, seal: Seal): string {
  const text = body.slice(0, -1);
  return `${text}${SIGNATURE}${seal.sign(text)}"}`;
}

/** Whether a line carries this key's signature of all that stands before it. */
export function isSignedBy(line: string, key: string): boolean {
  const at = line.lastIndexOf(SIGNATURE);
  if (at < 0 || !line.endsWith('"}')) return false;
  const signature = Buffer.from(line.slice(at + SIGNATURE.length, -2), 'base64');
  try {
    return verify(null, Buffer.from(line.slice(0, at)), publicKeyOf(key), signature);
  } catch {
    return false;
  }
}

/** The public key in a PEM file, of either half. Throws when there is none of the right kind. */
export function publicKeyIn(pem: string): string {
  return publicText(createPublicKey(pem));
}

async function readKey(path: string): Promise<KeyObject | undefined> {
  try {
    return createPrivateKey(await readFile(path, 'utf8'));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** Under its name only once it is whole and on disk: a disk that is full now must not spoil it. */
async function makeKey(path: string): Promise<KeyObject> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const draft = `${path}.new`;
  // Whatever is left there may be anybody's to read.
  await rm(draft, { force: true });
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, path);
  return privateKey;
}

function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}

/** The last 32 bytes of the DER form are the key itself. */
function publicText(key: KeyObject): string {
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('it is no Ed25519 key');
  return key.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
}

const DER_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

function publicKeyOf(text: string): KeyObject {
  const key = Buffer.concat([DER_PREFIX, Buffer.from(text, 'base64')]);
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

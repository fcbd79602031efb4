// A sealed key's lock: its private half as a compact JWE under a passphrase. Tells nothing of why it does
// not open: a wrong passphrase and a changed file are the same.
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';

const KEY_WRAP = 'PBES2-HS512+A256KW';
const CONTENT = 'A256GCM';
/** Rounds of PBKDF2; what asks for more than the second is not tried. */
const ROUNDS = 600_000;
const ROUNDS_MAX = 2_000_000;

export const PASSPHRASE_LENGTH = 12;

export async function lockKey(
  text: string,
  { passphrase }: { readonly passphrase: string },
): Promise<string> {
  return await new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader({ alg: KEY_WRAP, enc: CONTENT, typ: 'interlock-sealed-key+jwe' })
    .setKeyManagementParameters({ p2c: ROUNDS })
    .encrypt(bytesOf(passphrase));
}

export function isLocked(text: string): boolean {
  try {
    return decodeProtectedHeader(text.trim()).alg === KEY_WRAP;
  } catch {
    return false;
  }
}

/** Undefined when it does not open. */
export async function unlockKey(text: string, passphrase: string): Promise<string | undefined> {
  try {
    const { plaintext } = await compactDecrypt(text.trim(), bytesOf(passphrase), {
      keyManagementAlgorithms: [KEY_WRAP],
      contentEncryptionAlgorithms: [CONTENT],
      maxPBES2Count: ROUNDS_MAX,
    });
    return Buffer.from(plaintext).toString('utf8');
  } catch {
    return undefined;
  }
}

/** Typed on another keyboard, the same letters may come as other bytes. */
function bytesOf(passphrase: string): Uint8Array {
  return Buffer.from(passphrase.normalize('NFKC'));
}

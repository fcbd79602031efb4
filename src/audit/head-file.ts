// The head of the chain beside the audit file: it tells a tail that was cut off from one that was
// never written, and lets a new file go on where the last one ended. It is written after the
// records it stands for, so that it can lag behind them and never be ahead.
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { type Head, headText, parseHead } from './chain.js';
import { isSignedBy, type Seal, signed } from './seal.js';

/** What it says: where the chain stands and, when that was signed, why and when. */
export interface LeftHead {
  readonly head: Head;
  readonly why?: string;
  readonly time?: string;
  /** The public key that signed it, when the signature holds. */
  readonly key?: string;
}

/** Wider than any of its lines, so that each one covers the one before. */
const WIDTH = 400;

export class HeadFile {
  readonly #handle: FileHandle;
  #next: string | undefined;
  #writing: Promise<void> | undefined;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Opens it for writing; what it said is readHead's. */
  static async open(path: string): Promise<HeadFile> {
    // 'a' makes it where there is none; only 'r+' writes at a place.
    await (await open(path, 'a', 0o600)).close();
    return new HeadFile(await open(path, 'r+'));
  }

  /** Returns at once: nobody waits for it, and of several heads the last one counts. */
  write({ head, ...more }: Omit<LeftHead, 'key'>, seal?: Seal): void {
    const said = { head: headText(head), ...more, ...(seal && { key: seal.key }) };
    const body = JSON.stringify(said);
    this.#next = seal === undefined ? body : signed(body, seal);
    this.#writing ??= this.#write();
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#handle.close();
  }

  /** Never rejects: without it a cut tail is not seen here; the records themselves are safe. */
  async #write(): Promise<void> {
    while (this.#next !== undefined) {
      const line = `${this.#next.padEnd(WIDTH)}\n`;
      this.#next = undefined;
      await this.#handle.write(line, 0).catch(() => undefined);
    }
    this.#writing = undefined;
  }
}

/** What it says; undefined when there is no such file, or nothing readable in it. */
export async function readHead(path: string): Promise<LeftHead | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const line = (text.split('\n', 1)[0] ?? '').trimEnd();
  try {
    const said: unknown = JSON.parse(line);
    if (typeof said !== 'object' || said === null || !('head' in said)) return undefined;
    const head = parseHead(String(said.head));
    if (head?.hash.length !== 64) return undefined;
    if (!isSealed(said, line)) return { head };
    return { head, why: said.why, time: said.time, key: said.key };
  } catch {
    return undefined;
  }
}

function isSealed(
  said: object,
  line: string,
): said is { readonly key: string; readonly why: string; readonly time: string } {
  const fields: Readonly<Record<string, unknown>> = { ...said };
  const { key, why, time } = fields;
  if (typeof key !== 'string' || typeof why !== 'string' || typeof time !== 'string') return false;
  return isSignedBy(line, key);
}

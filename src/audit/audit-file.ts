// An append-only file of lines: opened, mended after a crash, appended to whole lines at a time,
// and cut back to its last whole line when a write fails. Who waits for what is sink.ts's.
import { fstatSync } from 'node:fs';
import { type FileHandle, mkdir, open, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Tail, tailOf } from './tail.js';

const NEWLINE = 0x0a;
/** Less room than this is none: about ten of the longest records. */
const ROOM_BYTES = 1_048_576;
const TAIL_STEP_BYTES = 65_536;

export class AuditFile {
  readonly path: string;
  /** Bytes of an unfinished last line that a crash left behind; 0 if there was none. */
  readonly tornBytes: number;
  /** How long it was and what it ended with when it was opened. */
  readonly sizeBytes: number;
  readonly tail: Tail;
  private readonly handle: FileHandle;

  private constructor(
    path: string,
    handle: FileHandle,
    found: { readonly tornBytes: number; readonly sizeBytes: number; readonly tail: Tail },
  ) {
    this.path = path;
    this.handle = handle;
    this.tornBytes = found.tornBytes;
    this.sizeBytes = found.sizeBytes;
    this.tail = found.tail;
  }

  /** Opens it for appending, mode 0600, with its folder; a torn last line is closed. */
  static async open(path: string): Promise<AuditFile> {
    const folder = dirname(path);
    await makeFolder(path);
    const handle = await open(path, 'a+', 0o600);
    try {
      const tornBytes = await closeTornLine(handle);
      await syncFolder(folder);
      const tail = await tailOf(handle);
      const { size: sizeBytes } = await handle.stat();
      return new AuditFile(path, handle, { tornBytes, sizeBytes, tail });
    } catch (thrown) {
      await handle.close();
      throw thrown;
    }
  }

  /** False once the file was deleted under us: what is written then is nowhere. */
  isLinked(): boolean {
    return fstatSync(this.handle.fd).nlink > 0;
  }

  /** False once the name stands for another file, or for none: it was rotated away. */
  async isNamed(): Promise<boolean> {
    const named = await stat(this.path).catch(() => undefined);
    const own = fstatSync(this.handle.fd);
    return named?.ino === own.ino && named.dev === own.dev;
  }

  /** Durable when it resolves. When it rejects, the file ends where it ended before, if it can. */
  async append(lines: Buffer): Promise<void> {
    let written = 0;
    try {
      while (written < lines.length) {
        const { bytesWritten } = await this.handle.write(lines, written);
        written += bytesWritten;
      }
      await this.handle.datasync();
    } catch (thrown) {
      await this.takeBack(written);
      throw thrown;
    }
  }

  /** Throws ENOSPC while there is no room for records, so that nobody has to lose one to know. */
  async checkRoom(): Promise<void> {
    const { bavail, bsize } = await statfs(dirname(this.path));
    const stat = fstatSync(this.handle.fd);
    if (stat.isFile() && bavail * bsize >= ROOM_BYTES) return;
    const why = stat.isFile() ? `less than ${ROOM_BYTES} bytes free` : 'not a plain file';
    throw Object.assign(new Error(why), { code: 'ENOSPC' });
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  /** We are the only writer, so the last `written` bytes are ours. */
  private async takeBack(written: number): Promise<void> {
    const stat = fstatSync(this.handle.fd);
    if (written === 0 || !stat.isFile() || stat.size < written) return;
    // If this fails as well, opening it again closes the torn line.
    await this.handle.truncate(stat.size - written).catch(() => undefined);
  }
}

export async function makeFolder(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
}

async function closeTornLine(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat();
  let end = size;
  const step = Buffer.alloc(TAIL_STEP_BYTES);
  while (end > 0) {
    const start = Math.max(0, end - TAIL_STEP_BYTES);
    const { bytesRead } = await handle.read(step, 0, end - start, start);
    const newline = step.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (newline !== -1) {
      end = start + newline + 1;
      break;
    }
    end = start;
  }
  if (end < size) {
    await handle.write('\n');
    await handle.datasync();
  }
  return size - end;
}

/** A new file's name is durable only once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

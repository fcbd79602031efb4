// A small file that is either the old one or the new one whatever happens, and on disk when this
// returns. For its own account only.
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';

export function writeDurably(file: string, text: string): void {
  const draft = `${file}.new`;
  const handle = openSync(draft, 'w', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, file);
}

// What tells one state of rule files from another: which files there are, and of each what changes
// when it is written to or replaced. One line a file, so that a look and a load can be compared.

export const RULE_FILES_MAX = 1000;

/** A folder's rule files; dot files are an editor's, half written. */
export function isRuleFileName(name: string): boolean {
  return /^[^.].*\.ya?ml$/.test(name);
}

export interface FileState {
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly size: number;
  readonly ino: number;
}

/** A path that is away or may not be read, by the system's word for it. */
export function unreadableStamp(path: string, thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unreadable';
  return `${path} ${code}\n`;
}

export function stampOf(file: string, { mtimeMs, ctimeMs, size, ino }: FileState): string {
  return `${file} ${mtimeMs} ${ctimeMs} ${size} ${ino}\n`;
}

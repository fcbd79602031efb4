// What a subcommand may know of the world it was called from, and the exit codes it may answer.
// main.ts makes the real one; tests make their own.

import type { PrimaryChannel } from '../workers/worker.js';

/** 0 all is well, 1 what was checked is not, 2 usage, 3 could not reach what it must ask. */
export const EXIT = { ok: 0, notOk: 1, usage: 2, unreachable: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface Terminal {
  /** Standard output, without a line end added. */
  readonly out: (text: string) => void;
  /** Standard error, likewise. */
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of this process: it goes into the audit file's lock. */
  readonly pid: number;
  /** Standard output is a terminal that wants colour (NO_COLOR is honoured). */
  readonly color: boolean;
  /** Columns of the terminal; 100 where there is none. */
  readonly width: number;
  /** Its size now; absent where standard output is no terminal. */
  readonly screen?: { readonly rows: () => number; readonly columns: () => number };
  /** Resolves at the first SIGINT or SIGTERM from now on; until called, these end the process. */
  readonly stopRequested: () => Promise<string>;
  /** Calls back at each SIGHUP. */
  readonly onReload: (callback: () => void) => void;
  /** Asks on standard error and reads one line of standard input; '' where there is none. */
  readonly ask?: (question: string) => Promise<string>;
  /** The same for what must not be seen. */
  readonly askSecret?: (question: string) => Promise<string>;
  /** It runs as root. */
  readonly isRoot?: boolean;
  /** The pipe to the process that started this one as its worker; absent in any other. */
  readonly primary?: PrimaryChannel;
}

/** Names the passphrase of a sealed key, where nobody can be asked for it. */
export const PASSPHRASE_VARIABLE = 'INTERLOCK_SEAL_PASSPHRASE';

/** Options that every subcommand takes. */
export interface CommonOptions {
  /** Path of the configuration file; `interlock.yaml` if left out. */
  readonly config: string;
  /** Whether `config` was given by hand. */
  readonly configGiven: boolean;
  /** Machine-readable output. */
  readonly json: boolean;
}

/** One JSON document, as every `--json` prints it. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.out(`${JSON.stringify(value, null, 2)}\n`);
}

// What a text's meaning depends on besides its bytes: the server behind, and the session's modes.

import type { FiringNames } from './firing-names.js';

export type Flavour = 'mariadb' | 'mysql';

/**
 * The server behind, as it was asked (never from its greeting, which can be forged while comments
 * follow the real version). `version` is major * 10000 + minor * 100 + patch: 101119, 90704, 50624.
 */
export interface Dialect {
  readonly flavour: Flavour;
  readonly version: number;
}

/**
 * What is known of the session when a text is read. Whatever is absent is unknown, and every
 * reading it allows is made: the union of their effects counts.
 */
export interface ReadContext {
  readonly dialect?: Dialect;
  /** The value of @@sql_mode: `ANSI_QUOTES,NO_BACKSLASH_ESCAPES`. */
  readonly sqlMode?: string;
  /** The value of @@character_set_client: `utf8mb4`, `gbk`. */
  readonly charset?: string;
  /** The default schema, for bare names. */
  readonly database?: string;
  /** What fires code that the server keeps; absent where there is none, or it is not known. */
  readonly firing?: FiringNames;
}

/** 'MariaDB 10.11.19', '10.11.19-MariaDB-deb12', '5.6.24' → 101119, 101119, 50624. */
export function versionNumber(text: string): number | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * 10_000 + Number(match[2]) * 100 + Number(match[3] ?? 0);
}

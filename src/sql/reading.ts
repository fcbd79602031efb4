// One way to read a text: every fact its meaning hangs on, fixed. Types only; readings.ts lists
// the readings that a context leaves open, lexer.ts reads under one of them.
import type { CharsetClass } from './charsets.js';
import type { Flavour } from './dialect.js';

export interface Reading {
  readonly flavour: Flavour;
  readonly version: number;
  /** `"` quotes a name instead of a string. */
  readonly ansiQuotes: boolean;
  /** `\` escapes inside strings (NO_BACKSLASH_ESCAPES is off). */
  readonly backslashEscapes: boolean;
  readonly charset: CharsetClass;
  /** Six digits of a version comment count when white space follows (newer MySQL). */
  readonly sixDigits: boolean;
  /** `$tag$ … $tag$` is a string (newer MySQL). */
  readonly dollarQuotes: boolean;
  /** MariaDB runs `/*!99997` when it is a Galera node. */
  readonly galera: boolean;
}

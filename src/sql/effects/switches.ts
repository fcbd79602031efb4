// SET statements that change how the statements after them are read: sql_mode and the client's
// character set. A value is taken for known only where it stands in the text as plain as can be.
import { BYTE } from '../byte-classes.js';
import { advance, type Lexer, TOKEN } from '../lexer.js';
import { nameAt, stringAt } from '../words.js';
import { isOver, isSymbol, markOf, returnTo, type Switched, type Walk } from './walk.js';

const CHARSET_NAMES: ReadonlySet<string> = new Set([
  'names',
  'character',
  'charset',
  'character_set_client',
]);

/** Modes that are what they say. Others stand for several, ANSI_QUOTES often among them. */
const SINGLE_MODES: ReadonlySet<string> = new Set(
  `ANSI_QUOTES NO_BACKSLASH_ESCAPES ALLOW_INVALID_DATES ERROR_FOR_DIVISION_BY_ZERO HIGH_NOT_PRECEDENCE
  IGNORE_SPACE NO_AUTO_CREATE_USER NO_AUTO_VALUE_ON_ZERO NO_DIR_IN_CREATE NO_ENGINE_SUBSTITUTION
  NO_UNSIGNED_SUBTRACTION NO_ZERO_DATE NO_ZERO_IN_DATE ONLY_FULL_GROUP_BY PIPES_AS_CONCAT
  REAL_AS_FLOAT STRICT_ALL_TABLES STRICT_TRANS_TABLES PAD_CHAR_TO_FULL_LENGTH
  TIME_TRUNCATE_FRACTIONAL`.split(/\s+/),
);

/** Notes the switch if this is the name of such a variable. The lexer stays where it is. */
export function noteSwitch(walk: Walk, name: string): void {
  const { switches } = walk;
  if (name === 'global' || name === 'persist' || name === 'statement') {
    walk.scopeIsOdd = true;
    return;
  }
  if (name === 'sql_mode') {
    const again = switches?.sqlMode !== undefined || walk.scopeIsOdd;
    walk.switches = { ...switches, sqlMode: again ? 'unknown' : literalMode(walk.lexer) };
  }
  if (CHARSET_NAMES.has(name)) {
    const again = switches?.charset !== undefined || walk.scopeIsOdd;
    walk.switches = { ...switches, charset: again ? 'unknown' : literalCharset(walk.lexer, name) };
  }
}

function literalMode(lexer: Lexer): Switched {
  const mark = markOf(lexer);
  advance(lexer);
  const value = takeAssignment(lexer) ? literalText(lexer) : undefined;
  returnTo(lexer, mark);
  if (value === undefined) return 'unknown';
  const modes = value.toUpperCase().split(',');
  return modes.every((mode) => mode === '' || SINGLE_MODES.has(mode)) ? { value } : 'unknown';
}

/** SET NAMES x · SET CHARACTER SET x · SET character_set_client = x */
function literalCharset(lexer: Lexer, name: string): Switched {
  const mark = markOf(lexer);
  advance(lexer);
  const isAssigned = takeAssignment(lexer);
  if (name === 'character' && !isAssigned) advance(lexer);
  const value = isAssigned === (name === 'character_set_client') ? literalText(lexer) : undefined;
  returnTo(lexer, mark);
  if (value === undefined || value.toLowerCase() === 'default') return 'unknown';
  return { value };
}

function takeAssignment(lexer: Lexer): boolean {
  if (isSymbol(lexer, BYTE.colon)) advance(lexer);
  if (!isSymbol(lexer, BYTE.equals)) return false;
  advance(lexer);
  return true;
}

/** A string or a bare word, if the assignment ends with it. */
function literalText(lexer: Lexer): string | undefined {
  const literal = stringAt(lexer);
  let value = literal === undefined ? undefined : new TextDecoder('latin1').decode(literal);
  if (lexer.kind === TOKEN.word) value = nameAt(lexer);
  advance(lexer);
  return isOver(lexer) || isSymbol(lexer, BYTE.comma) ? value : undefined;
}

// What a session knows of its transaction: whether one is open, by the status flags of the server's
// own responses, and whether something in it passed only because its links were severed. While that
// is so, whatever may commit it is judged again. Texts are only trusted where they are plain.
import { mayFinishXa } from '../sql/xa.js';
import type { CommandName } from '../wire/commands.js';
import { SERVER_STATUS_IN_TRANS } from '../wire/status-flags.js';

/** Of a command whose response has ended. */
export interface Responded {
  readonly name: CommandName;
  readonly text?: Buffer | undefined;
  /** It passed only because its links were severed. */
  readonly isInFlight: boolean;
  /** It was permitted under a record of its own. */
  readonly isRecorded?: boolean;
  readonly isOk: boolean;
  /** Of the last packet of the response that had some. */
  readonly statusFlags: number | undefined;
}

export interface Progress {
  readonly isOpen: boolean;
  readonly hasEnded: boolean;
  readonly isUndone: boolean;
}

export class Transaction {
  #isOpen = false;
  #holdsInFlight = false;
  #holdsRecorded = false;

  /** Whatever may commit it has to be judged. */
  get holdsInFlight(): boolean {
    return this.#holdsInFlight;
  }

  /**
   * `isOpen`: what the command did may still be undone. `hasEnded`: what earlier commands did, and
   * was in flight or on record, is committed or undone; `isUndone`: it is not committed.
   */
  responded(command: Responded): Progress {
    this.#isOpen = this.#isOpenAfter(command);
    const heldBefore = this.#holdsInFlight || this.#holdsRecorded;
    const isOver = !this.#isOpen || (command.isOk && endsTransaction(command));
    this.#holdsInFlight = this.#isOpen && (command.isInFlight || (this.#holdsInFlight && !isOver));
    this.#holdsRecorded =
      this.#isOpen && (command.isRecorded === true || (this.#holdsRecorded && !isOver));
    const hasEnded = heldBefore && isOver;
    return { isOpen: this.#isOpen, hasEnded, isUndone: hasEnded && undoes(command) };
  }

  #isOpenAfter(command: Responded): boolean {
    const { name, statusFlags, isOk } = command;
    if (isOk && (name === 'COM_CHANGE_USER' || name === 'COM_RESET_CONNECTION')) return false;
    // An error carries no flags: a routine may have begun a transaction before it failed.
    if (!isOk && command.isInFlight && !beginsNothing(command.text)) return true;
    if (statusFlags === undefined) return this.#isOpen;
    return (statusFlags & SERVER_STATUS_IN_TRANS) !== 0;
  }
}

/** A text this long is not looked at: it may do anything. */
const PLAIN_BYTES = 65_536;
/** More than one statement, or text that only some servers run. */
const NOT_PLAIN = /;\s*\S|\/\*[!M]/i;
const FIRST_WORD = /^(?:\s|\/\*(?![!M])[^*]*\*\/|--\s[^\n]*\n|#[^\n]*\n)*([a-z]+)\b/i;

/** None of these commits, whatever it stands for; everything else may. */
const COMMITS_NOTHING: ReadonlySet<string> = new Set(
  'SELECT INSERT UPDATE DELETE REPLACE SAVEPOINT RELEASE SHOW USE EXPLAIN DESC DESCRIBE DO WITH VALUES HELP KILL'.split(
    ' ',
  ),
);
/** Statements that a failed run of leaves the transaction as it was. */
const BEGINS_NOTHING: ReadonlySet<string> = new Set(
  'DROP TRUNCATE ALTER RENAME CREATE DELETE UPDATE REPLACE PURGE RESET'.split(' '),
);
const ENDS = /^\s*(?:commit|rollback|begin|start\s+transaction)\b(?!\s+(?:work\s+)?to\b)/i;

/** Whether running the text may commit the transaction that is open. */
export function mayCommit(text: Buffer): boolean {
  const word = firstWordOfPlain(text);
  if (word === undefined) return true;
  if (COMMITS_NOTHING.has(word)) return false;
  // A ROLLBACK that is plain commits nothing: it is the way out.
  return word !== 'ROLLBACK';
}

/** Whether the text may finish a transaction that another session has prepared. */
export function mayFinishOthers(text: Buffer): boolean {
  return mayFinishXa(text);
}

function beginsNothing(text: Buffer | undefined): boolean {
  const word = text === undefined ? undefined : firstWordOfPlain(text);
  return word !== undefined && BEGINS_NOTHING.has(word);
}

/** With AND CHAIN, or by BEGIN, the next one is open at once: the flags do not tell. */
function endsTransaction({ text }: Responded): boolean {
  if (text === undefined || firstWordOfPlain(text) === undefined) return false;
  return ENDS.test(text.toString('latin1'));
}

function undoes({ name, text, isOk }: Responded): boolean {
  if (!isOk) return false;
  if (name === 'COM_CHANGE_USER' || name === 'COM_RESET_CONNECTION') return true;
  return text !== undefined && firstWordOfPlain(text) === 'ROLLBACK';
}

function firstWordOfPlain(text: Buffer): string | undefined {
  if (text.length > PLAIN_BYTES) return undefined;
  const plain = text.toString('latin1');
  return NOT_PLAIN.test(plain) ? undefined : FIRST_WORD.exec(plain)?.[1]?.toUpperCase();
}

// All functions, triggers and views of one server, read over a connection that is handed in. Code
// whose fingerprint is still the same is not read again. Judges nothing.

import type { RowEvent } from '../sql/firing-names.js';
import { rightsIn } from '../topology/grants.js';
import { type Row, textOf } from '../topology/rows.js';
import type { CatalogConnection } from './catalog-connection.js';
import { missingCodeRights, unseenWithout } from './code-rights.js';
import type { FiringCode, Kept } from './firing-list.js';
import { lookAtCode, type Named } from './look.js';
import { FUNCTIONS_SQL, GRANTS_SQL, TRIGGERS_SQL, VIEWS_SQL } from './questions.js';
import type { CodeLook } from './stored-code.js';

interface Remembered {
  readonly mark: string;
  readonly looked: CodeLook;
}

export class KeptCode {
  #remembered = new Map<string, Remembered>();
  #unseen = '';

  /** What the account may not see, and the way out; '' if it sees everything. */
  get unseen(): string {
    return this.#unseen;
  }

  async read(connection: CatalogConnection): Promise<Kept> {
    const functions = await connection.ask(FUNCTIONS_SQL);
    const triggers = await connection.ask(TRIGGERS_SQL);
    const remembered = new Map<string, Remembered>();
    const codes: FiringCode[] = [];
    let hidden = 0;
    for (const { named, mark, entry } of [
      ...functions.map(functionOf),
      ...triggers.map(triggerOf),
    ]) {
      const key = JSON.stringify(named);
      const known = this.#remembered.get(key);
      const looked = known?.mark === mark ? known.looked : await lookAtCode(connection, named);
      // It has gone since it was listed.
      if (looked === undefined) continue;
      if (looked.kind === 'found') {
        remembered.set(key, { mark, looked });
        codes.push({ entry, code: looked.code });
      } else hidden += 1;
    }
    this.#remembered = remembered;
    this.#unseen = await unseenBy(connection, hidden, functions.length);
    const views = codes.length === 0 ? [] : await connection.ask(VIEWS_SQL);
    return { codes, views: views.map(viewOf) };
  }
}

interface Listed {
  readonly named: Named;
  readonly mark: string;
  readonly entry: FiringCode['entry'];
}

function functionOf(row: Row): Listed {
  const [schema, name, mark] = texts(row, ['schema', 'name', 'mark']);
  const isFunction = textOf(row, ['kind']) === 'FUNCTION';
  return {
    named: { kind: isFunction ? 'FUNCTION' : 'PACKAGE BODY', schema, name },
    mark,
    entry: { kind: isFunction ? 'function' : 'package', schema, name },
  };
}

function triggerOf(row: Row): Listed {
  const [schema, name, mark] = texts(row, ['schema', 'name', 'mark']);
  const [table, happenings] = texts(row, ['table', 'events', 'schema']);
  const events = happenings.toLowerCase().split(',').filter(isRowEvent);
  return {
    named: { kind: 'TRIGGER', schema, name },
    mark,
    entry: { kind: 'table', schema, name: table, events },
  };
}

function isRowEvent(word: string): word is RowEvent {
  return word === 'insert' || word === 'update' || word === 'delete';
}

function viewOf(row: Row) {
  const [schema, name, definition] = texts(row, ['schema', 'name', 'definition']);
  return { schema, name, definition };
}

function texts(
  row: Row,
  columns: readonly [string, string, string],
): readonly [string, string, string] {
  const [one, two, three] = columns.map((column) => textOf(row, [column]) ?? '');
  return [one ?? '', two ?? '', three ?? ''];
}

/** Without these rights a server lists less, and says nothing of it. */
async function unseenBy(
  connection: CatalogConnection,
  hidden: number,
  listed: number,
): Promise<string> {
  const rows = await connection.ask(GRANTS_SQL);
  const grants = rows
    .flatMap((row) => Object.values(row))
    .filter((value) => typeof value === 'string');
  const rights = rightsIn(rows);
  if (rights.includes('ALL PRIVILEGES')) return '';
  // MySQL 8 lists no function at all without the right; older servers keep them in mysql.proc.
  const seesCode =
    rights.includes('SELECT') ||
    rights.includes('SHOW_ROUTINE') ||
    / ON `?mysql`?\./i.test(grants.join(' '));
  const isBlind = hidden > 0 || (listed === 0 && !seesCode);
  return unseenWithout([...missingCodeRights(rights), ...(isBlind ? ['SELECT'] : [])]);
}

// A catalog connection that answers from a list, for tests of what is made of the answers. That real
// servers answer so is test/e2e/stored-code.test.ts's.
import type { CatalogConnection } from '../../src/catalog/catalog-connection.js';
import type { StoredCode } from '../../src/catalog/stored-code.js';
import type { Row } from '../../src/topology/rows.js';

/** By the beginning of a statement: its rows, or what it throws. */
export type Script = Readonly<Record<string, readonly Row[] | Error>>;

export interface Scripted extends CatalogConnection {
  readonly asked: string[];
}

export function scripted(script: Script): Scripted {
  const asked: string[] = [];
  return {
    asked,
    ask: async (sql, { values = [] } = {}) => {
      const whole = values.reduce((text, value) => text.replace('?', `'${value}'`), sql);
      asked.push(whole);
      const answer = Object.entries(script).find(([start]) => whole.includes(start))?.[1] ?? [];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    destroy: () => asked.push('destroyed'),
  };
}

/** An error as the driver gives the server's own. */
export function serverError(errno: number): Error {
  return Object.assign(new Error(`error ${errno}`), { errno, sqlState: '42000' });
}

/** A SHOW CREATE's row. */
export function shown(column: string, create: string): Row {
  const bytes = { [column]: Buffer.from(create), sql_mode: Buffer.from('') };
  return { ...bytes, character_set_client: Buffer.from('utf8mb4') };
}

export function codeOf(label: string, create: string): StoredCode {
  return { label, schema: 'app', create: Buffer.from(create), sqlMode: '', charset: 'utf8mb4' };
}

// How the tests of this room ask: a text in Latin-1 (one character, one byte), a server line and
// what is known of the session; the answer in one short line.
import type { Dialect, ReadContext } from '../../src/sql/dialect.js';
import { objectLabel } from '../../src/sql/effect.js';
import { readText } from '../../src/sql/statement-facts.js';

export const MARIADB: Dialect = { flavour: 'mariadb', version: 101_119 };
export const MYSQL9: Dialect = { flavour: 'mysql', version: 90_704 };
export const MYSQL56: Dialect = { flavour: 'mysql', version: 50_624 };

export const KNOWN: ReadContext = {
  dialect: MARIADB,
  sqlMode: 'STRICT_TRANS_TABLES',
  charset: 'utf8mb4',
  database: 'app',
};

/** `drop-table app.t, app.u; run-opaque`: effects sorted, `later:` before deferred ones. */
export function effectsOf(sql: string, context: ReadContext = KNOWN): string {
  const facts = readText(Buffer.from(sql, 'latin1'), context);
  return facts.effects
    .map((found) => {
      const when = found.deferred ? 'later:' : '';
      const objects = found.objects.map(objectLabel).join(', ');
      return `${when}${found.effect}${objects === '' ? '' : ` ${objects}`}`;
    })
    .sort()
    .join('; ');
}

export function onLine(dialect: Dialect): ReadContext {
  return { ...KNOWN, dialect };
}

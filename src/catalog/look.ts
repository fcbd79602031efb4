// Looks at one piece of code as the server keeps it now: SHOW CREATE, whose text is the one that the
// server itself runs (information_schema's is not: MySQL shows 'it''s' there as 'it's').
import { messageOf } from '../errors.js';
import type { EffectObject } from '../sql/effect.js';
import { errorNumberOf, isMissingRight } from '../topology/failure.js';
import type { Row } from '../topology/rows.js';
import type { CatalogConnection } from './catalog-connection.js';
import { CODE_KINDS, type CodeKind, showCodeSql } from './questions.js';
import { type CodeLook, routineLabel } from './stored-code.js';

/** Errors by which a server says that there is no such thing, or none that this account may see. */
const NO_SUCH: readonly number[] = [1049, 1305, 1360, 1539, 4155];

const KIND_WORDS = {
  PROCEDURE: 'procedure',
  FUNCTION: 'function',
  'PACKAGE BODY': 'package',
  TRIGGER: 'trigger',
  EVENT: 'event',
} as const satisfies Record<CodeKind, string>;

export interface Named {
  readonly kind: CodeKind;
  readonly schema: string;
  readonly name: string;
}

/** Undefined: there is none, as far as this account sees. */
export async function lookAtCode(
  connection: CatalogConnection,
  { kind, schema, name }: Named,
): Promise<CodeLook | undefined> {
  const label = `${KIND_WORDS[kind]} ${schema}.${name}`;
  try {
    const [row] = await connection.ask(showCodeSql(kind, schema, name), { raw: true });
    const create = bytesOf(row, CODE_KINDS[kind]);
    if (create === undefined) return { kind: 'hidden', reason: NO_RIGHT };
    const sqlMode = bytesOf(row, 'sql_mode')?.toString('latin1') ?? '';
    const charset = bytesOf(row, 'character_set_client')?.toString('latin1') ?? '';
    return { kind: 'found', code: { label, schema, create, sqlMode, charset } };
  } catch (thrown) {
    if (isMissingRight(thrown)) return { kind: 'hidden', reason: NO_RIGHT };
    const number = errorNumberOf(thrown);
    if (number !== undefined && NO_SUCH.includes(number)) return undefined;
    return { kind: 'hidden', reason: `the server was asked for it: ${messageOf(thrown)}` };
  }
}

const NO_RIGHT =
  'the monitor account may not see its body (it takes SELECT, or SHOW_ROUTINE on MySQL 8.0.20 and later)';

const NO_SCHEMA = 'the default schema of the session is not known';
const NO_EVENT_RIGHT = 'the monitor account may not see its body (it takes EVENT)';

function bytesOf(row: Row | undefined, column: string): Buffer | undefined {
  const value = row?.[column];
  return Buffer.isBuffer(value) ? value : undefined;
}

/** The event of an ALTER EVENT. Its body runs in the schema that the event is in by then. */
export async function lookAtEvent(
  connection: CatalogConnection,
  [event, renamedTo]: readonly EffectObject[],
): Promise<CodeLook> {
  const { schema, name } = event ?? {};
  if (name === undefined) return { kind: 'hidden', reason: 'it has no name that could be read' };
  if (schema === undefined) return { kind: 'hidden', reason: NO_SCHEMA };
  const looked = await lookAtCode(connection, { kind: 'EVENT', schema, name });
  if (looked?.kind === 'found') {
    return { kind: 'found', code: { ...looked.code, schema: renamedTo?.schema ?? schema } };
  }
  if (looked?.reason === NO_RIGHT) return { kind: 'hidden', reason: NO_EVENT_RIGHT };
  const label = routineLabel({ schema, name });
  return (
    looked ?? {
      kind: 'hidden',
      reason: `there is no event ${label} that the monitor account can see (it takes EVENT)`,
    }
  );
}

/**
 * The routine of a CALL: a procedure, or on MariaDB one in a package, of which all that the package
 * does counts. `name` of the object is the package when the CALL has three parts.
 */
export async function lookAtCalled(
  connection: CatalogConnection,
  routine: EffectObject,
  where: { readonly database: string | undefined; readonly hasPackages: boolean },
): Promise<CodeLook> {
  // The reader resolved it, unless what the default schema is by then cannot be known.
  const { schema, name } = routine;
  if (name === undefined) return { kind: 'hidden', reason: 'it has no name that could be read' };
  if (schema === undefined) {
    return { kind: 'hidden', reason: NO_SCHEMA };
  }
  const tries: Named[] = [{ kind: 'PROCEDURE', schema, name }];
  if (where.hasPackages) {
    tries.push({ kind: 'PACKAGE BODY', schema, name });
    const { database } = where;
    if (database !== undefined)
      tries.push({ kind: 'PACKAGE BODY', schema: database, name: schema });
  }
  for (const named of tries) {
    const looked = await lookAtCode(connection, named);
    if (looked !== undefined) return looked;
  }
  return {
    kind: 'hidden',
    reason: `there is no procedure ${routineLabel({ schema, name })} that the monitor account can see`,
  };
}

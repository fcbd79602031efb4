// The many ways to write the same loss: every form here destroys shop.orders on a server that runs
// it. The tests refuse each one while linked and see each one work once severed.
import type { Connection } from 'mysql2/promise';
import type { ServerLine } from '../../src/lab/lines.js';

export interface Form {
  readonly sql: string;
  /** Through COM_STMT_PREPARE and COM_STMT_EXECUTE instead of COM_QUERY. */
  readonly prepared?: boolean;
  readonly rule: string;
}

const DROP_RULE = 'no-drop-while-linked';
const OPAQUE_RULE = 'no-opaque-while-linked';

const PLAIN = [
  'DROP TABLE orders',
  'drop tables if exists shop.orders, shop.nowhere',
  'DROP DATABASE shop',
  'DROP SCHEMA IF EXISTS `shop`',
  'TRUNCATE TABLE orders',
  'truncate shop.orders',
];

const COMMENTED = [
  'DROP /* cleaning up */ TABLE/**/orders',
  '-- no longer needed\nDROP TABLE orders',
  '# no longer needed\nTRUNCATE orders',
  '/* DROP nothing */ DROP DATABASE shop -- at all',
];

const SEVERAL = [
  'SELECT 1; DROP TABLE orders',
  'TRUNCATE orders; SELECT 1',
  "USE mysql; SELECT ';'; DROP TABLE shop.orders",
  'DO 1; DROP DATABASE shop;',
];

const EXECUTABLE = [
  '/*! DROP TABLE orders */',
  'DROP /*! TABLE */ orders',
  '/*!50000 TRUNCATE orders */',
  '/*!50503 DROP */ /*! DATABASE shop */',
];

const PREPARED = ['DROP TABLE orders', '/* x */ TRUNCATE /*! TABLE */ orders'];

const OPAQUE = ["SET @s = REVERSE('sredro.pohs ELBAT PORD'); PREPARE s FROM @s; EXECUTE s"];

/** Followed into their bodies (guard-scene.ts makes them). */
const CALLED = ['CALL tools.wipe()', '/*! CALL */ tools . `WIPE`()'];

/** What only runs where the server's version is at least the comment's, or on its flavour. */
function ownForms(line: ServerLine): readonly Form[] {
  switch (line) {
    case 'mariadb-10.11':
      return [
        ...named(['/*!100100 DROP TABLE orders */', '/*M! TRUNCATE orders */'], DROP_RULE),
        ...named(['/*M!101100 DROP DATABASE shop */'], DROP_RULE),
        ...named(["EXECUTE IMMEDIATE CONCAT('DROP TAB', 'LE shop.orders')"], OPAQUE_RULE),
        ...named(['BEGIN NOT ATOMIC DROP TABLE shop.orders; END'], DROP_RULE),
        { sql: 'DROP DATABASE shop', prepared: true, rule: DROP_RULE },
      ];
    case 'mysql-9':
      return named(['/*!80000 DROP TABLE orders */', '/*!90000 TRUNCATE orders */'], DROP_RULE);
    case 'mysql-5.6':
      return named(['/*!50600 DROP TABLE orders */', '/*!50624DROP DATABASE shop*/'], DROP_RULE);
  }
  line satisfies never;
}

export function destructiveForms(line: ServerLine): readonly Form[] {
  return [
    ...named([...PLAIN, ...COMMENTED, ...SEVERAL, ...EXECUTABLE], DROP_RULE),
    ...PREPARED.map((sql) => ({ sql, prepared: true, rule: DROP_RULE })),
    ...named(OPAQUE, OPAQUE_RULE),
    ...named(CALLED, DROP_RULE),
    ...ownForms(line),
  ];
}

function named(texts: readonly string[], rule: string): readonly Form[] {
  return texts.map((sql) => ({ sql, rule }));
}

/** Runs one form as its client would, in schema shop. */
export async function perform(client: Connection, { sql, prepared }: Form): Promise<void> {
  await client.query('USE shop');
  if (prepared === true) {
    const statement = await client.prepare(sql);
    await statement.execute([]);
    await statement.close();
  } else {
    await client.query(sql);
  }
}

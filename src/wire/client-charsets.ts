// The character sets that no client can speak, by the numbers of their collations in a login:
// statements would be no ASCII. Servers refuse them, and MariaDB and MySQL 9 count that against the
// host, as if it had sent no login.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_character_set.html

const WIDE: readonly (readonly [name: string, first: number, last: number])[] = [
  ['ucs2', 35, 35],
  ['utf16', 54, 55],
  ['utf16le', 56, 56],
  ['utf32', 60, 61],
  ['utf16le', 62, 62],
  ['ucs2', 90, 90],
  ['utf16', 101, 124],
  ['ucs2', 128, 151],
  ['ucs2', 159, 159],
  ['utf32', 160, 183],
];

/** To MySQL 9 this is the lower byte of another. */
const FILENAME = 17;

/** Its name; undefined for every other number. */
export function wideCharset(collation: number, server: 'mariadb' | 'mysql'): string | undefined {
  if (collation === FILENAME && server === 'mariadb') return 'filename';
  return WIDE.find(([, first, last]) => collation >= first && collation <= last)?.[0];
}

// Texts that reach a DROP or a TRUNCATE, or only look as if they did, in every wrapper that is
// known to have fooled a guard. Which of them a server line runs, only that server can tell.
import { WRAPPERS } from './reading-wrappers.js';

/** A text, and the session it is sent in. One character is one byte. */
export interface Variant {
  readonly sql: string;
  readonly sqlMode: string;
  readonly charset: string;
}

const PLAIN_MODES = ['', 'ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'];

/** The destructive statements that the wrappers wrap: the last word is the victim. */
const CORES = ['DROP TABLE victim', 'TRUNCATE victim'];

const VERSIONS = [
  '',
  '0',
  '1234',
  '00000',
  '50000',
  '50600',
  '50624',
  '50625',
  '50699',
  '50700',
  '50701',
  '50799',
  '80000',
  '80031',
  '90000',
  '90704',
  '90705',
  '99996',
  '99997',
  '99998',
  '99999',
  '000000',
  '050624',
  '050700',
  '080000',
  '090704',
  '090705',
  '099999',
  '100000',
  '100100',
  '101119',
  '101120',
  '110000',
  '123456',
  '506240',
  '999999',
  '5062',
  '506 24',
];

const IN_CHARSETS: readonly (readonly [string, readonly ((core: string) => string)[]])[] = [
  ...['latin1', 'latin2', 'cp866', 'koi8r', 'cp1251', 'hp8', 'utf8', 'swe7'].map(
    (charset) =>
      [
        charset,
        [
          (core: string) => core.replaceAll(' ', '\xa0'),
          (core: string) => core.replaceAll(' ', '\xff'),
          (core: string) => `SELECT 1 --\xa0; ${core}`,
          (core: string) => `SELECT 1 --\x85; ${core}`,
          (core: string) => `SELECT 1 --\xff; ${core}`,
          (core: string) => `SELECT 1 --\x7f; ${core}`,
          (core: string) => `SELECT '\xb3\\'; ${core}; -- '`,
          (core: string) => `SELECT 1 AS \`\xb3\`; ${core}; -- \``,
          (core: string) => `/*!50000\xa0${core.replaceAll(' ', '\xa0')}*/`,
          (core: string) => `/*!050000\xa0${core}*/`,
          (core: string) => `SELECT 1 AS a~b; ${core}`,
          (core: string) => `SELECT 1 AS \xe4; ${core}`,
        ],
      ] as const,
  ),
  ...['gbk', 'sjis', 'cp932', 'big5', 'gb18030', 'euckr', 'gb2312', 'ujis', 'eucjpms'].map(
    (charset) =>
      [
        charset,
        ['\xb3', '\x83', '\xe0', '\xa1', '\x81', '\xfd', '\x80', '\xff'].flatMap((lead) => [
          (core: string) => `SELECT '${lead}\\'; ${core}; -- '`,
          (core: string) => `SELECT '${lead}'; ${core}`,
          (core: string) => `SELECT '\\${lead}\\'; ${core}; -- '`,
          (core: string) => `SELECT 1 AS \`${lead}\`; ${core}; -- \``,
          (core: string) => `SELECT '${lead}${lead}\\'; ${core}; -- '`,
          (core: string) => `/* ${lead}*/ ${core} /* */`,
          (core: string) => `SELECT 1 AS ${lead}\`; ${core}; -- \``,
          (core: string) => `SELECT '${lead}0\\'; ${core}; -- '`,
          (core: string) => `SELECT '${lead}0${lead}0\\'; ${core}; -- '`,
        ]),
      ] as const,
  ),
];

function modeVariants(): Variant[] {
  return WRAPPERS.flatMap((wrap) =>
    CORES.flatMap((core) => {
      const sql = wrap(core);
      const modes = /['"\\]/.test(sql) ? PLAIN_MODES : [''];
      return modes.map((sqlMode) => ({ sql, sqlMode, charset: 'utf8' }));
    }),
  );
}

function versionVariants(): Variant[] {
  return VERSIONS.flatMap((version) =>
    [
      `/*!${version} DROP TABLE victim */`,
      `/*!${version}DROP TABLE victim*/`,
      `/*M!${version} DROP TABLE victim */`,
      `SELECT 1 + /*!${version} 1; DROP TABLE victim; SELECT */ 1`,
      `SELECT 1 /*!${version} + ' */; DROP TABLE victim; -- '`,
      `DROP /*!${version} TEMPORARY */ TABLE victim`,
      `SELECT 1+/*!${version} ; DROP TABLE victim; -- */ 1`,
    ].map((sql) => ({ sql, sqlMode: '', charset: 'utf8' })),
  );
}

function charsetVariants(): Variant[] {
  return IN_CHARSETS.flatMap(([charset, wrappers]) =>
    wrappers.map((wrap) => ({ sql: wrap('DROP TABLE victim'), sqlMode: '', charset })),
  );
}

export function allVariants(): readonly Variant[] {
  const all = [...modeVariants(), ...versionVariants(), ...charsetVariants()];
  return [...new Map(all.map((variant) => [JSON.stringify(variant), variant])).values()];
}

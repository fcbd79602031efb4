import { describe, expect, it } from 'vitest';
import { DumpSplitter, type DumpStatement } from '../../src/dump/splitter.js';

/** Cut into chunks of so many bytes. */
function split(text: string, bytes = text.length): readonly DumpStatement[] {
  const found: DumpStatement[] = [];
  const splitter = new DumpSplitter((statement) => found.push(statement));
  const whole = Buffer.from(text);
  for (let at = 0; at < whole.length; at += bytes) splitter.push(whole.subarray(at, at + bytes));
  splitter.end();
  return found;
}

const texts = (text: string, bytes?: number) =>
  split(text, bytes).map((each) => each.text.toString().trim());

const DUMP = `/*M!999999\\- enable the sandbox mode */ 
-- MariaDB dump; DROP TABLE in_a_comment;
/*!40101 SET NAMES utf8mb4 */;
USE \`shop\`;

DROP TABLE IF EXISTS \`a;b\`; # rest; of line
INSERT INTO t VALUES ('it''s; \\'; x', "a;\\\\"),
('two
lines; of text');
/* a plain; comment
over; lines */ DROP TABLE b;
DELIMITER ;;
/*!50003 CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN SET @a = 1; SET @b = 2; END */;;
delimiter ;
SELECT 5--5;
DROP TABLE c`;

const CUT = [
  // What a client sends before its first delimiter.
  DUMP.slice(0, DUMP.indexOf(';\nUSE')),
  'USE `shop`',
  'DROP TABLE IF EXISTS `a;b`',
  `INSERT INTO t VALUES ('it''s; \\'; x', "a;\\\\"),\n('two\nlines; of text')`,
  'DROP TABLE b',
  '/*!50003 CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN SET @a = 1; SET @b = 2; END */',
  'SELECT 5--5',
  'DROP TABLE c',
];

describe('a dump', () => {
  it('is cut where a client cuts it', () => {
    expect(texts(DUMP).map((text) => text.replace(/^over; lines \*\/ /, ''))).toEqual(CUT);
  });

  it('is cut the same however it comes', () => {
    const whole = split(DUMP);
    for (let bytes = 1; bytes < 40; bytes += 1) expect(split(DUMP, bytes)).toEqual(whole);
  });

  it('tells the line each statement begins in', () => {
    expect(
      split('-- a\n\n  DROP TABLE a;\nDROP TABLE\nb; DROP TABLE c;').map(({ line }) => line),
    ).toEqual([3, 4, 5]);
  });

  it('takes USE without a delimiter, as clients do', () => {
    expect(texts('use shop\nDROP TABLE a;\nDELIMITER //\nUSE `x y`;\nDROP TABLE b//')).toEqual([
      'USE shop',
      'DROP TABLE a',
      'USE `x y`',
      'DROP TABLE b',
    ]);
  });

  it.each(['source other.sql', '\\. other.sql'])('that reads another file is none: %s', (line) => {
    expect(() => split(`DROP TABLE a;\n${line}\n`)).toThrow(/line 2 reads another file/);
  });

  it('takes what looks so inside a string for what it is', () => {
    expect(texts("INSERT INTO t VALUES ('\nsource other.sql\nDELIMITER x\n');")).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import type { StatementEffect } from '../../src/sql/effect.js';
import { NestedTexts } from '../../src/sql/nested-texts.js';
import { readText } from '../../src/sql/statement-facts.js';

const NONE: readonly StatementEffect[] = [];

describe('texts in literals', () => {
  it('are read once for each way they are read in', () => {
    const texts = new NestedTexts();
    const reads: string[] = [];
    const read = (text: string, how: string) =>
      texts.read(Buffer.from(text), how, () => {
        reads.push(`${how}:${text}`);
        return NONE;
      });
    for (const how of ['now', 'later', 'now']) expect(read('DROP TABLE t', how)).toBe(NONE);
    expect(read('DROP TABLE u', 'now')).toBe(NONE);
    expect(reads).toEqual(['now:DROP TABLE t', 'later:DROP TABLE t', 'now:DROP TABLE u']);
  });

  it('are unreadable once there are too many, and the effects of the rest stay', () => {
    const many = Array.from({ length: 6_000 }, (_, n) => `PREPARE s FROM 'DROP TABLE t${n}'`);
    const effects = new Set(
      readText(Buffer.from(many.join(';')), {}).effects.map(({ effect }) => effect),
    );
    expect([...effects].sort()).toEqual(['drop-table', 'unreadable']);
  });

  it('are read however often the same one stands there', () => {
    const same = "EXECUTE IMMEDIATE 'DROP TABLE t';".repeat(6_000);
    const { effects } = readText(Buffer.from(same), {
      dialect: { flavour: 'mariadb', version: 101_119 },
      sqlMode: '',
      charset: 'utf8mb4',
      database: 'app',
    });
    expect(new Set(effects.map(({ effect }) => effect))).toEqual(new Set(['drop-table']));
  });
});

// The reference page and the editors' schema say what the loader reads by. With -u both are written
// anew from src/policy/rule-schema.ts.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { REFERENCE, ruleFileSchema } from '../../src/policy/rule-schema.js';

const PAGE = 'docs/rules.md';

it('rules/schema.json is what the loader reads by (with -u it is written anew)', async () => {
  const schema = z.toJSONSchema(ruleFileSchema, { io: 'input', unrepresentable: 'any' });
  const text = `${JSON.stringify({ ...schema, title: 'Interlock rules' }, null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../rules/schema.json');
});

it('the tables of docs/rules.md are too (with -u they are written anew)', async () => {
  let page = readFileSync(PAGE, 'utf8');
  for (const [name, schema] of Object.entries(REFERENCE)) {
    const region = new RegExp(`(<!-- fields of ${name} -->\n)[^]*?(<!-- end -->)`);
    expect(page, name).toMatch(region);
    page = page.replace(region, (_, start, end) => `${start}${tableOf(schema.shape)}\n${end}`);
  }
  await expect(page).toMatchFileSnapshot(`../../${PAGE}`);
});

it('every field says what it is for', () => {
  const silent = Object.entries(REFERENCE).flatMap(([name, { shape }]) =>
    Object.entries(shape)
      .filter(([, field]) => (field.description ?? '') === '')
      .map(([field]) => `${name}.${field}`),
  );
  expect(silent).toEqual([]);
});

function tableOf(shape: Readonly<Record<string, z.ZodType>>): string {
  const rows = Object.entries(shape).map(([name, field]) => {
    const required = field.isOptional() ? '' : ', required';
    const words = wordsOf(field);
    const choice = words === '' ? '' : `${words}: `;
    return `| \`${name}\`${required} | ${choice}${field.description ?? ''} |`;
  });
  return ['| field | meaning |', '|---|---|', ...rows].join('\n');
}

/** The words of a field that takes one of a few. */
function wordsOf(field: z.ZodType): string {
  const json = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' });
  const words = json.enum ?? [];
  return words.length > 5 ? '' : words.map((word) => `\`${String(word)}\``).join(', ');
}

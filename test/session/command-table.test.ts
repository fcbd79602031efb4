import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COMMAND_TABLE, commandName } from '../../src/session/command-table.js';
import { COMMANDS } from '../../src/wire/commands.js';

it('has a row for every command, and a reason for every refusal', () => {
  expect(Object.keys(COMMAND_TABLE).sort()).toEqual(Object.keys(COMMANDS).sort());
  for (const row of Object.values(COMMAND_TABLE)) {
    if (row.policy === 'refuse' || row.policy === 'replication') expect(row.reason).toBeTruthy();
  }
});

it('names every byte, and knows none that it does not list', () => {
  for (const [name, byte] of Object.entries(COMMANDS)) expect(commandName(byte)).toBe(name);
  expect(commandName(0xfe)).toBe('unknown');
  expect(commandName(undefined)).toBe('unknown');
});

it('is shown in the documentation as it is', () => {
  const page = readFileSync('docs/commands.md', 'utf8');
  for (const [name, row] of Object.entries(COMMAND_TABLE)) {
    expect(page).toMatch(new RegExp(`\\| \`?${name}\`? \\|[^\\n]*\\| ${row.policy} \\|`));
  }
});

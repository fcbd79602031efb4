import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COMMAND_TABLE, commandName, responseShape } from '../../src/session/command-table.js';
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

it('expects a cursor only of an execution that asks for one', () => {
  const execute = (flags: number) => Uint8Array.of(0x17, 1, 0, 0, 0, flags);
  expect(responseShape(COMMAND_TABLE.COM_STMT_EXECUTE, execute(1))).toBe('execution');
  expect(responseShape(COMMAND_TABLE.COM_STMT_EXECUTE, execute(0))).toBe('result');
  expect(responseShape(COMMAND_TABLE.COM_STMT_EXECUTE, Uint8Array.of(0x17))).toBe('result');
  expect(responseShape(COMMAND_TABLE.COM_QUERY, Buffer.from('\x03SELECT 1'))).toBe('result');
  expect(responseShape(undefined, Uint8Array.of(0xee))).toBe('none');
});

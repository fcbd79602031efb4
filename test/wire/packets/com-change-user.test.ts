import { expect, it } from 'vitest';
import { readComChangeUser } from '../../../src/wire/packets/com-change-user.js';
import { bytes, COMMON, int, text } from '../../support/packets.js';

const capabilities = { common: COMMON, mariadb: 0 };
const attributes = text(bytes(text('program_name'), text('tool')).toString('latin1'));
const whole = bytes(0x11, 'eve\0', text('proof'), 'crm\0', int(45, 2), 'plugin\0', attributes);

it('reads who the session becomes', () => {
  const read = readComChangeUser(whole, capabilities);
  expect(read).toMatchObject({ user: 'eve', database: Buffer.from('crm') });
  expect(read.attributes.get('program_name')).toBe('tool');
});

it('lets it end after the schema, as servers do', () => {
  const short = readComChangeUser(bytes(0x11, 'eve\0', 0, '\0'), capabilities);
  expect(short).toEqual({ user: 'eve', attributes: new Map() });
});

it('throws at every other place it may be cut', () => {
  const afterSchema = bytes(0x11, 'eve\0', text('proof'), 'crm\0').length;
  // Servers take a plugin name without its end, and no attributes at all.
  const lenient = new Set([afterSchema]);
  const plugin = afterSchema + 2;
  for (let at = plugin; at <= plugin + 'plugin\0'.length; at += 1) lenient.add(at);
  for (let at = 0; at < whole.length; at += 1) {
    const read = (): unknown => readComChangeUser(whole.subarray(0, at), capabilities);
    if (lenient.has(at)) expect(read).not.toThrow();
    else expect(read, `cut at ${at}`).toThrow();
  }
});

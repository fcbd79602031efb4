import { expect, it } from 'vitest';
import { readServerGreeting } from '../../src/session/server-greeting.js';
import { COMMON, errPayload, greeting, packet } from '../support/packets.js';

const SSL = 0x800;
const COMPRESS = 0x20;
const read = (bytes: Buffer, requireTls = false) =>
  readServerGreeting(
    { payload: bytes.subarray(4), frames: [bytes], sequenceId: 0 },
    { requireTls },
  );

it('tells a refusal from a greeting', () => {
  expect(read(packet(0, errPayload(1040)))).toEqual({ kind: 'refusal' });
});

it('passes a greeting on without what cannot be honoured', () => {
  const said = read(greeting({ common: COMMON | COMPRESS }));
  expect(said).toMatchObject({ kind: 'greeting', offered: { common: COMMON } });
  expect(said.kind === 'greeting' && said.bytes).toEqual(greeting({ common: COMMON }));
});

it('has no use for a server without TLS where that is required', () => {
  expect(read(greeting(), true)).toMatchObject({ kind: 'without-tls' });
  expect(read(greeting({ common: COMMON | SSL }), true)).toMatchObject({ kind: 'greeting' });
});

it('throws for what is no greeting', () => {
  expect(() => read(packet(0, Buffer.from([9, 1, 2])))).toThrow(/protocol version 9/);
});

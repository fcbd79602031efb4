import { expect, it } from 'vitest';
import type { Effect } from '../../src/session/effects.js';
import { LoginPackets } from '../../src/session/login-packets.js';
import { ER_MALFORMED_PACKET } from '../../src/wire/error-codes.js';
import { bytes, COMMON, packet, sslRequest } from '../support/packets.js';

function stage(): { readonly packets: LoginPackets; readonly effects: Effect[] } {
  const effects: Effect[] = [];
  return { packets: new LoginPackets((effect) => effects.push(effect)), effects };
}

it("counts the server's packets one further once its leg alone has had an SSLRequest", () => {
  const { packets, effects } = stage();
  packets.push('server', packet(0, bytes('greeting')));
  packets.nextOfServer();
  packets.push('client', packet(1, bytes('answer')));
  packets.nextOfClient();
  packets.requestTls(packet(1, bytes('request')), 'server-leg');
  packets.toServer(packet(1, bytes('answer')));
  packets.push('server', packet(3, bytes('switch')));
  const asked = packets.nextOfServer();
  if (asked !== undefined) packets.toClient(asked);
  packets.tellClient(ER_MALFORMED_PACKET, 'no', true);
  const sent = effects.map((effect) => ('bytes' in effect ? effect.bytes[3] : undefined));
  expect(sent).toEqual([1, 2, 2, 3]);
});

it('takes no command for an answer, and no number out of turn', () => {
  for (const number of [0, 2]) {
    const { packets } = stage();
    packets.push('server', packet(0, bytes('greeting')));
    packets.nextOfServer();
    packets.push('client', packet(number, bytes('x')));
    expect(() => packets.nextOfClient()).toThrow('not the next of this login');
  }
});

it('tells a PROXY header from a packet by the first bytes', () => {
  const { packets } = stage();
  expect(packets.clientOpening()).toBe('too-early');
  packets.push('client', bytes('PRO'));
  expect(packets.clientOpening()).toBe('too-early');
  packets.push('client', bytes('XY TCP4'));
  expect(packets.clientOpening()).toBe('proxy-header');
  const other = stage().packets;
  other.push('client', packet(1, bytes('PROXY ')));
  expect(other.clientOpening()).toBe('packet');
});

it('leaves a server in its turn, by a login that begins as the SSLRequest did', () => {
  const { packets, effects } = stage();
  packets.push('server', packet(0, bytes('greeting')));
  packets.nextOfServer();
  packets.push('client', sslRequest());
  packets.nextOfClient();
  packets.requestTls(sslRequest(), 'both-legs');
  packets.sayFarewell({ common: COMMON, mariadb: 0 });
  packets.push('server', packet(3, bytes(0xfe, 'client_ed25519\0')));
  packets.nextOfServer();
  packets.answerForNobody();
  const [, farewell, answer] = effects.map((effect) => 'bytes' in effect && effect.bytes);
  expect(Buffer.from(farewell || []).subarray(3, 36)).toEqual(bytes(2, sslRequest().subarray(4)));
  expect(answer).toEqual(packet(4, Buffer.alloc(64)));
});

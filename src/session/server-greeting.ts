// What a server's greeting comes to: a refusal, one that lacks TLS where that is required, or one to
// pass on, with what Interlock cannot honour taken out. Pure.
import {
  type Capabilities,
  CLIENT_SSL,
  commonCapabilities,
  hasCapability,
  SUPPORTED,
} from '../wire/capabilities.js';
import type { WirePacket } from '../wire/framer.js';
import { ERR_HEADER } from '../wire/packets/err-packet.js';
import {
  type HandshakeV10,
  readHandshakeV10,
  withCapabilities,
} from '../wire/packets/handshake-v10.js';

export type ServerGreeting =
  | { readonly kind: 'refusal' }
  | { readonly kind: 'without-tls'; readonly offered: Capabilities }
  | {
      readonly kind: 'greeting';
      readonly greeting: HandshakeV10;
      /** What a client may choose from. */
      readonly offered: Capabilities;
      readonly bytes: Buffer;
    };

export function readServerGreeting(
  { payload, frames }: WirePacket,
  { requireTls }: { readonly requireTls: boolean },
): ServerGreeting {
  if (payload[0] === ERR_HEADER) return { kind: 'refusal' };
  const greeting = readHandshakeV10(payload);
  const offered = commonCapabilities(greeting.capabilities, SUPPORTED);
  const lacksTls = requireTls && !hasCapability(greeting.capabilities, CLIENT_SSL);
  if (lacksTls) return { kind: 'without-tls', offered };
  const bytes = withCapabilities(Buffer.concat(frames), greeting, offered);
  return { kind: 'greeting', greeting, offered, bytes };
}

// The server's side of an authentication dialogue, as far as a relay must know it: which packets
// end it, and which call for an answer. What is in them is nobody's business.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_auth_switch_request.html
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_caching_sha2_authentication_exchanges.html

import { PayloadReader } from '../payload-reader.js';
import { ERR_HEADER } from './err-packet.js';
import { OK_HEADER } from './ok-packet.js';

const AUTH_SWITCH_REQUEST = 0xfe;
const AUTH_MORE_DATA = 0x01;
const FAST_AUTH_SUCCESS = 0x03;

export type AuthenticationStep = 'ok' | 'refused' | 'answer-expected' | 'no-answer-expected';

export function authenticationStep(payload: Uint8Array): AuthenticationStep {
  if (payload[0] === OK_HEADER) return 'ok';
  if (payload[0] === ERR_HEADER) return 'refused';
  const isFastSuccess =
    payload.length === 2 && payload[0] === AUTH_MORE_DATA && payload[1] === FAST_AUTH_SUCCESS;
  return isFastSuccess ? 'no-answer-expected' : 'answer-expected';
}

/** The plugin by which the client is to answer; undefined where the server says nothing of one. */
export function switchedPlugin(payload: Uint8Array): string | undefined {
  if (payload[0] !== AUTH_SWITCH_REQUEST) return undefined;
  const reader = new PayloadReader(payload, 1);
  return reader.remaining > 0 ? reader.readStringNul().toString() : 'mysql_old_password';
}

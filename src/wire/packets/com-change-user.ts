// COM_CHANGE_USER: who the session becomes. The password's proof is stepped over, never kept.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_change_user.html
import {
  type Capabilities,
  CLIENT_PLUGIN_AUTH,
  CLIENT_SECURE_CONNECTION,
  hasCapability,
} from '../capabilities.js';
import { PayloadReader } from '../payload-reader.js';
import { readAttributes } from './handshake-response-41.js';

export interface ComChangeUser {
  readonly user: string;
  readonly database?: Buffer;
  readonly attributes: ReadonlyMap<string, string>;
}

export function readComChangeUser(payload: Uint8Array, capabilities: Capabilities): ComChangeUser {
  const reader = new PayloadReader(payload, 1);
  const user = reader.readStringNul().toString();
  if (hasCapability(capabilities, CLIENT_SECURE_CONNECTION)) reader.skip(reader.readInt1());
  else reader.readStringNul();
  const database = reader.readStringNul();
  const named = database.length > 0 ? { database } : {};
  // Servers let it end here: character set, plugin and attributes came with later versions.
  if (reader.remaining === 0) return { user, attributes: new Map(), ...named };
  reader.skip(2);
  if (hasCapability(capabilities, CLIENT_PLUGIN_AUTH)) reader.readStringNulOrEof();
  return { user, attributes: readAttributes(reader, capabilities), ...named };
}

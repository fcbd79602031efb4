// The packet a result set begins with. MariaDB clients that cache metadata get one byte more: 0
// when the definitions they already have are left out.
// https://mariadb.com/docs/server/reference/clientserver-protocol/4-server-response-packets/result-set-packets
import { type Capabilities, MARIADB_CLIENT_CACHE_METADATA } from '../capabilities.js';
import { PayloadReader } from '../payload-reader.js';

/** How many column definitions follow. */
export function readDefinitionCount(payload: Uint8Array, capabilities: Capabilities): number {
  const reader = new PayloadReader(payload);
  const count = reader.readIntLenenc();
  const caches = (capabilities.mariadb & MARIADB_CLIENT_CACHE_METADATA) !== 0;
  if (!caches) return count;
  return reader.readInt1() === 0 ? 0 : count;
}

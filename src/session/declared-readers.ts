// Whether a client that would read the binary log is one of the consumers that the owner declared
// to apply nothing (`readers`): by who logged in, and by the server id that the command itself
// gives. Whoever is not may only where the server's `binlogDump` lets everybody.
import type { ReaderConfig } from '../config/config.js';
import { InterlockError } from '../errors.js';
import { readReplicaServerId } from '../wire/packets/replica-server-id.js';

export type DeclaredReader = Pick<ReaderConfig, 'serverId' | 'user'>;

export function isDeclaredReader(
  payload: Uint8Array,
  user: string,
  readers: readonly DeclaredReader[],
): boolean {
  const serverId = serverIdIn(payload);
  if (serverId === undefined) return false;
  return readers.some((reader) => {
    const isNamed = reader.serverId !== undefined || reader.user !== undefined;
    const isId = reader.serverId === undefined || reader.serverId === serverId;
    return isNamed && isId && (reader.user === undefined || reader.user === user);
  });
}

/** A command too short to say is nobody's. */
function serverIdIn(payload: Uint8Array): number | undefined {
  try {
    return readReplicaServerId(payload);
  } catch (thrown) {
    if (thrown instanceof InterlockError) return undefined;
    throw thrown;
  }
}

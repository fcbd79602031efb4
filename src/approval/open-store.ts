// Which kind of store the configuration asks for. Opens nothing: a store that cannot be used now is
// asked again with the next request, and until it answers nothing is approved.
import type { StorePlace } from '../config/config.js';
import { InterlockError } from '../errors.js';
import { EmbeddedStore } from './embedded-store.js';
import type { ApprovalStore } from './store.js';

/** Throws STORE_UNAVAILABLE for what this version has no store for. */
export function openStore(place: StorePlace): ApprovalStore {
  if (place.kind === 'file') return new EmbeddedStore(place.file);
  const where = `${place.host}:${place.port}`;
  const text = `A store of approvals on a server (${where}) is not there yet: name a file instead.`;
  throw new InterlockError('STORE_UNAVAILABLE', text);
}

// Which kind of store the configuration asks for. Opens nothing: a store that cannot be used now is
// asked again with the next request, and until it answers nothing is approved.
import type { StorePlace } from '../config/config.js';
import { type Environment, openControlSession } from './control-session.js';
import { ControlStore, type ControlStoreParts } from './control-store.js';
import { EmbeddedStore } from './embedded-store.js';
import type { ApprovalStore } from './store.js';
import { StoreMarks } from './store-marks.js';

export function openStore(
  place: StorePlace,
  { env, warn }: { readonly env: Environment; readonly warn: ControlStoreParts['warn'] },
): ApprovalStore {
  if (place.kind === 'file') return new EmbeddedStore(place.file);
  const { addresses, database, user, deadlineMs, marksFile } = place;
  return new ControlStore({
    ...{ addresses, database, user, deadlineMs, warn },
    open: (address) => openControlSession(address, place, env),
    marks: new StoreMarks(marksFile),
  });
}

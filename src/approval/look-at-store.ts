// What `check`, `doctor` and a dry run say of the store that the configuration names, before anything
// needs it. Looks at every address, and changes nothing.
import { addressLabel } from '../config/address.js';
import type { StorePlace, StoreServer } from '../config/config.js';
import { NoAnswer, reasonOf, serverErrorOf, UnfitServer } from './control-failure.js';
import { type ControlSession, type Environment, openControlSession } from './control-session.js';
import { isSound, readStoreRow } from './control-tables.js';

export interface StoreLook {
  /** `unfit`: it answers, and cannot be used as it is. `risky`: it can lose what it confirms. */
  readonly kind: 'fine' | 'risky' | 'unfit' | 'unreachable';
  readonly message: string;
  readonly mend?: string;
}

/** Nothing of a store in a file: that is made where it is not. Never rejects. */
export async function lookAtStore(
  place: StorePlace,
  env: Environment,
): Promise<readonly StoreLook[]> {
  if (place.kind === 'file') return [];
  const looks = await Promise.all(place.addresses.map((at) => lookAt(at, place, env)));
  const homes = new Set(looks.map(({ home }) => home).filter((home) => home !== undefined));
  return [...looks.map(({ look }) => look), ...(homes.size > 1 ? [APART] : [])];
}

const APART: StoreLook = {
  kind: 'unfit',
  message:
    'the addresses of approvals.store are not of one cluster: each change of address ends all requests',
  mend: 'name one server, or members of one Galera cluster or replication group',
};

interface Looked {
  readonly look: StoreLook;
  readonly home?: string;
}

async function lookAt(
  address: StoreServer['addresses'][number],
  place: StoreServer,
  env: Environment,
): Promise<Looked> {
  const name = `the control database ${place.database} at ${addressLabel(address)}`;
  let session: ControlSession | undefined;
  try {
    session = await openControlSession(address, place, env);
    const row = await readStoreRow(session);
    if (row !== undefined && !(await isSound(session))) throw new UnfitServer('it lacks tables');
    return { look: lookOf(name, session, row?.identity.id), home: session.home };
  } catch (thrown) {
    const isUnfit = thrown instanceof UnfitServer && !(thrown instanceof NoAnswer);
    const kind = isUnfit || serverErrorOf(thrown) !== undefined ? 'unfit' : 'unreachable';
    const message = `${name} cannot be used: ${reasonOf(thrown, place)}`;
    return { look: { kind, message, mend: 'until one can be used, nothing is approved' } };
  } finally {
    session?.destroy();
  }
}

function lookOf(name: string, { warnings }: ControlSession, id: string | undefined): StoreLook {
  if (warnings.length > 0) {
    const message = `${name} may lose what it confirmed when it crashes: ${warnings.join(', ')}`;
    return { kind: 'risky', message, mend: 'set what is named to 1 there' };
  }
  const what =
    id === undefined ? 'is empty: a store is made there at the start' : `has store ${id}`;
  return { kind: 'fine', message: `${name} ${what}` };
}

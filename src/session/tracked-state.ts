// What the OK packets of one response said of the session's state, where the server tracks it for the
// session: where it is, what it committed. Counterpart: wire/packets/session-track.ts.
import type { SessionTrack } from '../wire/packets/session-track.js';

const NO_GTIDS: readonly string[] = [];
/** A packet of more statements than that is not followed one by one. */
const GTIDS_MAX = 100;

export class TrackedState {
  /** The default schema it moved to. */
  schema: string | undefined;
  /** Of a transaction it was said what only sessions that asked for it are told. */
  tracksTransactions = false;
  /** The transactions that were committed. */
  gtids: readonly string[] = NO_GTIDS;

  take(track: SessionTrack): void {
    if (track.schema !== undefined) this.schema = track.schema;
    this.tracksTransactions ||= track.tracksTransactions === true;
    if (track.gtid !== undefined && this.gtids.length < GTIDS_MAX) {
      this.gtids = [...this.gtids, track.gtid];
    }
  }

  /** A session needs only one, for response after response. */
  clear(): void {
    this.schema = undefined;
    this.tracksTransactions = false;
    this.gtids = NO_GTIDS;
  }
}

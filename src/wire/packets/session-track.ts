// Session state information of an OK_Packet: what the server tells a session that has its state
// tracked. Only what Interlock goes by is read; it turns no tracking on.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_ok_packet.html
import { PayloadReader } from '../payload-reader.js';

const SESSION_TRACK_SYSTEM_VARIABLES = 0x00;
const SESSION_TRACK_SCHEMA = 0x01;
const SESSION_TRACK_GTIDS = 0x03;
const SESSION_TRACK_TRANSACTION_CHARACTERISTICS = 0x04;
const SESSION_TRACK_TRANSACTION_STATE = 0x05;

export interface SessionTrack {
  /** The default schema it moved to, when the server says so. */
  readonly schema?: string;
  /** The session has its transactions' state reported (session_track_transaction_info). */
  readonly tracksTransactions?: true;
  /**
   * The one transaction that was just committed: MySQL's session_track_gtids=OWN_GTID, MariaDB's
   * last_gtid among session_track_system_variables.
   */
  readonly gtid?: string;
}

/** Of the changes, without the length before them. */
export function readSessionTrack(bytes: Uint8Array): SessionTrack {
  const changes = new PayloadReader(bytes);
  let track: SessionTrack = {};
  while (changes.remaining > 0) {
    const type = changes.readInt1();
    track = { ...track, ...readChange(type, changes.readStringLenenc()) };
  }
  return track;
}

function readChange(type: number, data: Uint8Array): SessionTrack {
  switch (type) {
    case SESSION_TRACK_SCHEMA:
      return { schema: new PayloadReader(data).readStringLenenc().toString() };
    case SESSION_TRACK_GTIDS:
      return ifReadable(() => readGtid(data));
    case SESSION_TRACK_SYSTEM_VARIABLES:
      return ifReadable(() => readVariables(data));
    case SESSION_TRACK_TRANSACTION_CHARACTERISTICS:
      return { tracksTransactions: true };
    case SESSION_TRACK_TRANSACTION_STATE:
      return isUsualState(data) ? {} : { tracksTransactions: true };
    default:
      return {};
  }
}

/** MySQL 9 tells everybody that a transaction began and that it ended; only who asked, the rest. */
const USUAL_STATES: readonly string[] = ['T_______', 'T_R_____', '________'];

function isUsualState(data: Uint8Array): boolean {
  return USUAL_STATES.includes(new PayloadReader(data).readStringLenenc().toString('latin1'));
}

/** One transaction, and nothing else: with ALL_GTIDS the server sends all that it ever executed. */
const ONE_GTID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?::[a-z_]\w{0,31})?:\d{1,20}$/i;
const ONE_DOMAIN_GTID = /^\d{1,10}-\d{1,10}-\d{1,20}$/;

/** Evidence only: no session ends because it is written down in some other way. */
function ifReadable(read: () => SessionTrack): SessionTrack {
  try {
    return read();
  } catch {
    return {};
  }
}

/** Behind a byte that says how it is written down; 0 is text, and no other is known. */
function readGtid(data: Uint8Array): SessionTrack {
  const reader = new PayloadReader(data);
  if (reader.readInt1() !== 0) return {};
  const gtid = reader.readStringLenenc().toString('latin1');
  return ONE_GTID.test(gtid) ? { gtid } : {};
}

/** MySQL sends one variable a change, MariaDB several. */
function readVariables(data: Uint8Array): SessionTrack {
  const reader = new PayloadReader(data);
  let gtid: string | undefined;
  while (reader.remaining > 0) {
    const name = reader.readStringLenenc().toString('latin1');
    const value = reader.readStringLenenc().toString('latin1');
    if (name === 'last_gtid' && ONE_DOMAIN_GTID.test(value)) gtid = value;
  }
  return gtid === undefined ? {} : { gtid };
}

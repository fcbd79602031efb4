// MariaDB's GTIDs: where a binary log stands in each domain, and whether a replica's position lies
// before or after a place in it. Numbers of different servers interleave, so order is the log's own.

export interface DomainGtid {
  readonly domain: number;
  readonly server: number;
  readonly sequence: number;
}

/** What a log held of one domain up to some place. */
export interface DomainState {
  /** The last one of all. */
  readonly latest: DomainGtid;
  /** The last one of each server, by server id. */
  readonly servers: ReadonlyMap<number, number>;
}

/** By domain: the whole state of a log up to some place. */
export type LogState = ReadonlyMap<number, DomainState>;

export const EMPTY_LOG: LogState = new Map();

export function parseDomainGtid(text: string): DomainGtid | undefined {
  const match = /^(\d+)-(\d+)-(\d+)$/.exec(text.trim());
  if (match === null) return undefined;
  return { domain: Number(match[1]), server: Number(match[2]), sequence: Number(match[3]) };
}

/** Reads `0-1-5,0-2-7,1-1-3`, the last of a domain being its latest; undefined if it is none. */
export function parseDomainGtids(text: string): readonly DomainGtid[] | undefined {
  const parts = text.replaceAll(/[\s[\]]/g, '').split(',');
  const read = parts.filter((part) => part !== '').map(parseDomainGtid);
  const gtids = read.filter((gtid) => gtid !== undefined);
  return gtids.length === read.length ? gtids : undefined;
}

export function advanced(state: LogState, gtid: DomainGtid): LogState {
  const servers = new Map(state.get(gtid.domain)?.servers ?? []);
  servers.set(gtid.server, Math.max(gtid.sequence, servers.get(gtid.server) ?? 0));
  return new Map(state).set(gtid.domain, { latest: gtid, servers });
}

/** A replica's position, one GTID a domain: gtid_slave_pos. */
export type Position = ReadonlyMap<number, DomainGtid>;

/**
 * Whether a replica that stands at `position` would be sent `gtid`, which stands in its source's
 * log right behind `before`; `now` is all the log holds. A domain that the replica does not know is
 * sent from its first event on. A position that the log never held counts by its number alone: a
 * source that has it as its own gtid_slave_pos sends what is numbered higher, others refuse.
 */
export function isAhead(
  position: Position,
  gtid: DomainGtid,
  log: { readonly before: LogState; readonly now: LogState },
): boolean {
  const at = position.get(gtid.domain);
  if (at === undefined) return true;
  if (!isIn(log.now, at)) return gtid.sequence > at.sequence;
  return isIn(log.before, at);
}

/** Whether a replica at `position` has passed all that a log held at `state`, domain by domain. */
export function hasPassed(position: Position, state: LogState, now: LogState): boolean {
  for (const [domain, { latest }] of state) {
    const at = position.get(domain);
    if (at === undefined) return false;
    if (at.server === latest.server && at.sequence === latest.sequence) continue;
    const isBehind = isIn(now, at) ? isIn(state, at) : at.sequence < latest.sequence;
    if (isBehind) return false;
  }
  return true;
}

function isIn(state: LogState, { domain, server, sequence }: DomainGtid): boolean {
  const held = state.get(domain)?.servers.get(server);
  return held !== undefined && sequence <= held;
}

export function byDomain(gtids: readonly DomainGtid[]): Position {
  return new Map(gtids.map((gtid) => [gtid.domain, gtid]));
}

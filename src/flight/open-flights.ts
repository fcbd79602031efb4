// The book of what is in flight, over the configured servers: who decides with it, who watches it,
// and how what became of a watched statement is told: record, log, metrics.
import type { Metrics } from '../admin/metrics.js';
import { type OutcomeRecord, outcomeRecord } from '../audit/outcome-record.js';
import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Question } from '../policy/verdict.js';
import { relinkSources } from '../residue/relink.js';
import type { Dialect } from '../sql/dialect.js';
import { type MonitorTargets, monitorTargets } from '../topology/monitor-target.js';
import { SessionEnder } from '../topology/session-ender.js';
import type { Picture } from '../topology/snapshot.js';
import { type Flight, FlightBook } from './book.js';
import { Flights } from './flights.js';
import { type Ended, FlightWatch } from './watch.js';

export interface OpenFlightsOptions extends MonitorTargets {
  readonly clock: Clock;
  readonly topology: {
    anew(sinceMs: number): Promise<Picture | undefined>;
    dialect(server: string): Dialect | undefined;
  };
  readonly audit: { append(record: OutcomeRecord): Promise<void> };
  readonly metrics: Pick<
    Metrics,
    'inFlight' | 'inFlightEnded' | 'auditRecord' | 'auditWriteFailed'
  >;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface OpenFlights {
  readonly flights: Flights;
  observe(picture: Picture): void;
  /** Told of the servers on which a session could finish what is in flight in another. */
  onOpened(opened: (servers: readonly string[]) => void): void;
  stop(): void;
}

/** From this version on what a MySQL session has prepared outlives it. */
const MYSQL_KEEPS_PREPARED = 50_707;
const MARIADB_KEEPS_PREPARED = 100_500;

export function openFlights(options: OpenFlightsOptions): OpenFlights {
  const { config, clock, topology, warn } = options;
  const book = new FlightBook();
  const guarded = config.servers.filter(({ listen }) => listen.length > 0).map(({ name }) => name);
  const enders = endersOf(options);
  const watch = new FlightWatch({
    book,
    clock,
    topology,
    enderOf: enders,
    ended: (ended) => void tell(options, ended),
    endangered: (flight) => warn(PREPARED_ENDANGERED, flightFields(flight)),
    failed: (reason) => warn('what is in flight could not be looked after', { reason }),
    moved: () => changed(),
  });
  let open = '';
  let opened: (servers: readonly string[]) => void = () => undefined;
  const changed = (): void => {
    for (const server of guarded) {
      const count = book.flights.filter(({ by }) => by.server === server).length;
      options.metrics.inFlight(server, count);
    }
    const servers = guarded.filter((server) => book.holdsOpen(server));
    if (servers.join() !== open) {
      open = servers.join();
      opened(servers);
    }
    watch.wake();
  };
  const flights = new Flights({
    book,
    clock,
    changed,
    keepsPrepared: (server) => keepsPrepared(topology.dialect(server)),
    linkedBy,
  });
  return {
    flights,
    observe: (picture) => watch.observe(picture),
    onOpened: (told) => {
      opened = told;
    },
    stop: () => watch.stop(),
  };
}

const PREPARED_ENDANGERED =
  'a prepared XA transaction would reach another server by now; it cannot be ended, only rolled ' +
  'back: XA ROLLBACK';

function linkedBy({ requester, text, facts }: Question, picture: Picture): readonly string[] {
  const relinks = facts.effects.filter(({ effect }) => effect === 'relink');
  return relinkSources({
    server: requester.server,
    text: Buffer.from(text).toString('latin1'),
    verbs: relinks.map(({ verb }) => verb),
    picture,
  });
}

/** Of a server that has not answered yet the longer life counts. */
function keepsPrepared(dialect: Dialect | undefined): boolean {
  if (dialect === undefined) return true;
  const { flavour, version } = dialect;
  return version >= (flavour === 'mysql' ? MYSQL_KEEPS_PREPARED : MARIADB_KEEPS_PREPARED);
}

/** Opened when first asked for; a server that is not configured has none, and that is a bug. */
function endersOf(options: OpenFlightsOptions): (server: string) => SessionEnder {
  const { config, clock, topology } = options;
  const targetOf = monitorTargets(options);
  const enders = new Map(
    config.servers.map(({ name }) => {
      const ender = new SessionEnder({
        target: targetOf(name),
        deadlineMs: config.links.deadlineMs,
        clock,
        dialect: () => topology.dialect(name),
      });
      return [name, ender];
    }),
  );
  return (server) => {
    const ender = enders.get(server);
    if (ender === undefined) throw new Error(`no server named ${server}`);
    return ender;
  };
}

async function tell(options: OpenFlightsOptions, ended: Ended): Promise<void> {
  const { clock, audit, metrics, warn } = options;
  const { flight, judged, message, ending } = ended;
  const isFailed = ending.kind === 'failed';
  const { server } = flight.by;
  metrics.inFlightEnded(server, isFailed ? 'failed' : 'ended');
  const failure = isFailed ? { failure: ending.reason } : {};
  warn(isFailed ? 'a session in flight could NOT be ended' : 'a session in flight was ended', {
    ...flightFields(flight),
    ...failure,
    message,
  });
  try {
    const { rule } = judged.decision;
    await audit.append(
      outcomeRecord({
        id: flight.recordId,
        nowMs: clock.now(),
        server,
        outcome: { kind: 'ended' },
        ended: { rule, message, ...failure },
        durationMs: clock.monotonic() - flight.sinceMs,
      }),
    );
    metrics.auditRecord();
  } catch (thrown) {
    metrics.auditWriteFailed();
    const reason = messageOf(thrown);
    warn('the end of a statement in flight could not be recorded', { server, reason });
  }
}

function flightFields({ by, recordId, stage }: Flight): Readonly<Record<string, unknown>> {
  const { server, session, threadId } = by;
  return { server, session, threadId, recordId, stage };
}

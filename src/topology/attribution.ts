// Whom a row, a failover entry or a dump thread speaks of: by identity first, by address where
// identity is not known. What cannot be told apart counts for everyone it may be. Pure.
import type {
  Address,
  ConsumerChannel,
  DumpThread,
  Identity,
  ReaderSpec,
  ServerAnswer,
  ServerEntry,
  ServerView,
} from './snapshot.js';

/** Everything configured, with what it said of itself. */
export interface Known {
  readonly entry: ServerEntry;
  readonly view: ServerView | undefined;
  /** What it last said it is: a server that fell silent is still the consumer it was. */
  readonly identity: Identity | undefined;
}

/** `no`: it is another's. `maybe`: it is nobody's we can name, so it may be this one's. */
export type Match = 'yes' | 'maybe' | 'no';

/** Two servers that cannot be told apart: a copied UUID, or one server id for both. */
export function sameIdentity(a: Identity, b: Identity): boolean {
  if (a.serverUuid !== undefined && b.serverUuid !== undefined) {
    return a.serverUuid === b.serverUuid;
  }
  return a.serverId === b.serverId;
}

/** Whether a consumer's channel has `source` as its source. */
export function channelNames(
  channel: ConsumerChannel,
  consumer: Known,
  source: Known,
  all: readonly Known[],
): Match {
  const address = { host: channel.sourceHost, port: channel.sourcePort };
  if (isAt(address, source, consumer)) return 'yes';
  const byIdentity = identityNames(channel, source);
  if (byIdentity === 'yes')
    return isOutdated(address, { channel, consumer, source, all }) ? 'no' : 'yes';
  if (byIdentity === 'no' && isCertain(channel, source, all)) return 'no';
  return isNobodyElses(channel, consumer, source, all) ? 'maybe' : 'no';
}

/** Whether an address in a consumer's failover list is `source`'s. */
export function addressNames(
  address: Address,
  consumer: Known,
  source: Known,
  all: readonly Known[],
): Match {
  if (isAt(address, source, consumer)) return 'yes';
  const others = all.filter((other) => other !== source);
  return others.some((other) => isAt(address, other, consumer)) ? 'no' : 'maybe';
}

function identityNames(channel: ConsumerChannel, source: Known): Match {
  if (source.identity === undefined) return 'maybe';
  const { serverUuid, serverId } = source.identity;
  if (channel.sourceUuid !== undefined && serverUuid !== undefined) {
    return channel.sourceUuid === serverUuid ? 'yes' : 'no';
  }
  if (channel.sourceServerId === undefined) return 'maybe';
  return channel.sourceServerId === serverId ? 'yes' : 'no';
}

/**
 * A UUID is forgotten when the channel is pointed elsewhere. A MariaDB consumer keeps the old
 * server id until it has connected to the new source, so it counts only while it is connected.
 */
function isTrusted(channel: ConsumerChannel): boolean {
  return channel.sourceUuid !== undefined || channel.connected;
}

/**
 * Whether what the row says of its source holds wherever it connects next. A UUID learned through an
 * address that is none of its server's own is of now only: the name may be another server's by then.
 */
function isCertain(channel: ConsumerChannel, source: Known, all: readonly Known[]): boolean {
  if (channel.connected || channel.sourceUuid === undefined) return channel.connected;
  const others = all.filter((other) => other !== source);
  return !others.some((other) => identityNames(channel, other) === 'yes');
}

/** Pointed at another server's own address since, and not connected there yet. */
function isOutdated(
  address: Address,
  at: {
    readonly channel: ConsumerChannel;
    readonly consumer: Known;
    readonly source: Known;
    readonly all: readonly Known[];
  },
): boolean {
  if (isTrusted(at.channel)) return false;
  const hosts = spellings(address.host, at.consumer.entry);
  return at.all.some(
    ({ entry, view }) =>
      entry !== at.source.entry &&
      view?.kind === 'answered' &&
      entry.port === address.port &&
      spellings(entry.host, entry).some((host) => hosts.includes(host)),
  );
}

/** No other configured server is at its address, nor proves to be its source. */
function isNobodyElses(
  channel: ConsumerChannel,
  consumer: Known,
  source: Known,
  all: readonly Known[],
): boolean {
  const address = { host: channel.sourceHost, port: channel.sourcePort };
  const others = all.filter((other) => other !== source && other !== consumer);
  return !others.some(
    (other) =>
      isAt(address, other, consumer) ||
      (channel.connected && identityNames(channel, other) === 'yes'),
  );
}

/** Whether `address`, as `consumer` writes it, is one that `server` is known under. */
function isAt(address: Address, server: Known, consumer: Known): boolean {
  const written = spellings(address.host, consumer.entry);
  return addressesOf(server).some(
    (known) =>
      known.port === address.port &&
      spellings(known.host, server.entry).some((host) => written.includes(host)),
  );
}

function addressesOf({ entry, view }: Known): readonly Address[] {
  const configured = { host: entry.host, port: entry.port };
  return view?.kind === 'answered' ? [configured, ...view.reportedAddresses] : [configured];
}

/** A loopback address means the host of the one who wrote it. */
function spellings(host: string, writer: ServerEntry): readonly string[] {
  const name = normalized(host);
  return [name === LOOPBACK ? normalized(writer.host) : name];
}

const LOOPBACK = 'localhost';

function normalized(host: string): string {
  const name = host
    .trim()
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^::ffff:/, '');
  const isLoopback = name === '::1' || name === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(name);
  return isLoopback ? LOOPBACK : name;
}

/** Who reads a source's binary log, as far as that can be told. */
export interface Attribution {
  /** Threads and list entries by the consumer's name. */
  readonly byConsumer: ReadonlyMap<string, readonly DumpThread[]>;
  /** Declared readers among those that are no configured server's: these answer for themselves. */
  readonly readers: readonly (readonly DumpThread[])[];
  readonly strangers: readonly (readonly DumpThread[])[];
}

/**
 * A list entry has no thread id, and a thread may have no identity: each consumer that a source
 * lists is given one nameless thread, the likeliest first. Threads left over are strangers'.
 */
export function attributeThreads(
  source: ServerAnswer,
  all: readonly Known[],
  readers: readonly ReaderSpec[],
): Attribution {
  const mine = readers.filter(({ server }) => server === source.server);
  const threads = source.dumpThreads.filter(({ threadId }) => threadId !== undefined);
  const entries = source.dumpThreads.filter(({ threadId }) => threadId === undefined);
  // Whoever bears the source's own identity is not the source.
  const others = all.filter(({ entry }) => entry.name !== source.server);
  const paired = pair(entries, threads, others);
  const byConsumer = new Map<string, DumpThread[]>();
  const strangers: (readonly DumpThread[])[] = [];
  const readerThreads: (readonly DumpThread[])[] = [];
  for (const group of paired) {
    const owners = others.filter((known) => group.some((thread) => isConsumer(thread, known)));
    const isDeclared = mine.some((reader) => group.some((thread) => isReader(thread, reader)));
    if (owners.length === 0) (isDeclared ? readerThreads : strangers).push(group);
    for (const { entry } of owners) {
      byConsumer.set(entry.name, [...(byConsumer.get(entry.name) ?? []), ...group]);
    }
  }
  return { byConsumer, readers: readerThreads, strangers };
}

/** Each list entry with its thread, and every other thread alone. */
function pair(
  entries: readonly DumpThread[],
  threads: readonly DumpThread[],
  all: readonly Known[],
): readonly (readonly DumpThread[])[] {
  const left = [...threads];
  const groups: (readonly DumpThread[])[] = [];
  for (const entry of entries) {
    const ranked = left
      .map((thread) => ({ thread, likeness: likeness(entry, thread, all) }))
      .filter(({ likeness }) => likeness > 0)
      .sort((a, b) => b.likeness - a.likeness);
    const thread = ranked[0]?.thread;
    if (thread === undefined) {
      groups.push([entry]);
    } else {
      left.splice(left.indexOf(thread), 1);
      groups.push([{ ...entry, ...thread }]);
    }
  }
  return [...groups, ...left.map((thread) => [thread])];
}

/** How likely a list entry and a thread are one consumer's; 0 if they cannot be. */
function likeness(entry: DumpThread, thread: DumpThread, all: readonly Known[]): number {
  if (thread.consumerUuid !== undefined && entry.consumerUuid !== undefined) {
    return thread.consumerUuid === entry.consumerUuid ? 8 : 0;
  }
  const owner = all.find((known) => isConsumer(entry, known));
  const channels = owner?.view?.kind === 'answered' ? owner.view.channels : [];
  const sameUser = channels.some(({ sourceUser }) => sourceUser === thread.user);
  const threadHost = clientHost(thread.host ?? '');
  const hosts = [entry.host, owner?.entry.host].map((host) => normalized(host ?? ''));
  return 1 + (sameUser ? 4 : 0) + (hosts.includes(threadHost) ? 2 : 0);
}

/** A process list gives `host:port`. */
function clientHost(host: string): string {
  return normalized(host.replace(/:\d+$/, ''));
}

function isConsumer(thread: DumpThread, { identity }: Known): boolean {
  if (identity === undefined) return false;
  const { serverUuid, serverId } = identity;
  if (thread.consumerUuid !== undefined && serverUuid !== undefined) {
    return thread.consumerUuid === serverUuid;
  }
  return thread.consumerServerId !== undefined && thread.consumerServerId === serverId;
}

function isReader(thread: DumpThread, reader: ReaderSpec): boolean {
  const sameId = reader.serverId === undefined || reader.serverId === thread.consumerServerId;
  const sameUser = reader.user === undefined || reader.user === thread.user;
  const saysSomething = reader.serverId !== undefined || reader.user !== undefined;
  return saysSomething && sameId && sameUser;
}

// Builders for topology's tests: servers that answered, channels and threads, each with one word
// of difference from an ordinary one.
import type {
  ConsumerChannel,
  Link,
  LinkState,
  Picture,
  ServerAnswer,
  ServerEntry,
  ServerSilence,
  ServerView,
} from '../../src/topology/snapshot.js';

/** db1 is 10.0.0.1:3306 with server id 1, and so on; db servers are guarded. */
export function entryOf(name: string): ServerEntry {
  return { name, host: `10.0.0.${idOf(name)}`, port: 3306, guarded: name.startsWith('db') };
}

function idOf(name: string): number {
  const digits = Number(/\d+$/.exec(name)?.[0] ?? 9);
  return name.startsWith('db') ? digits : digits + 100;
}

export function uuidOf(name: string): string {
  return `00000000-0000-0000-0000-0000000000${String(idOf(name)).padStart(3, '0')}`;
}

export function answered(name: string, changes: Partial<ServerAnswer> = {}): ServerAnswer {
  return {
    kind: 'answered',
    server: name,
    askedAtMs: 1_000,
    askedAtMonotonicMs: 10,
    answeredAtMs: 1_001,
    identity: { serverId: idOf(name), serverUuid: uuidOf(name) },
    flavour: 'mysql',
    version: 90_704,
    versionText: '9.7.4',
    logBin: true,
    passesOn: true,
    readOnly: false,
    lowerCaseTableNames: 0,
    channels: [],
    failoverSources: [],
    dumpThreads: [],
    groups: [],
    reportedAddresses: [],
    missingRights: [],
    warnings: [],
    ...changes,
  };
}

/** As `answered`, with MariaDB's identity: a server id and no UUID. */
export function mariadb(name: string, changes: Partial<ServerAnswer> = {}): ServerAnswer {
  return answered(name, {
    flavour: 'mariadb',
    version: 101_119,
    identity: { serverId: idOf(name) },
    ...changes,
  });
}

export function silent(name: string, changes: Partial<ServerSilence> = {}): ServerSilence {
  return {
    kind: 'silent',
    server: name,
    askedAtMs: 1_000,
    askedAtMonotonicMs: 10,
    reason: 'timeout',
    message: `${name} did not answer.`,
    ...changes,
  };
}

/** A running channel from `source`, as a consumer that is connected shows it. */
export function channelFrom(
  source: string,
  changes: Partial<ConsumerChannel> = {},
): ConsumerChannel {
  return {
    name: '',
    sourceHost: entryOf(source).host,
    sourcePort: 3306,
    sourceServerId: idOf(source),
    receiving: true,
    connected: true,
    applying: true,
    delaySeconds: 0,
    filters: [],
    ...changes,
  };
}

export const STOPPED = { receiving: false, connected: false, applying: false } as const;

export function viewsOf(...views: readonly ServerView[]): ReadonlyMap<string, ServerView> {
  return new Map(views.map((view) => [view.server, view]));
}

export function linkOf(source: string, consumer: string, state: LinkState): Link {
  const reason = `${source} to ${consumer}`;
  return { source, consumer, state, reason, threads: [], reader: false };
}

export function pictureWith(links: readonly Link[], views: readonly ServerView[]): Picture {
  return {
    askedAtMs: 1_000,
    askedAtMonotonicMs: 10,
    entries: views.map(({ server }) => entryOf(server)),
    views: viewsOf(...views),
    links,
  };
}

/** A channel that is stopped at a source, wherever it had come to. */
export const STOPPED_CHANNEL = {
  name: '',
  sourceHost: '10.0.0.2',
  sourcePort: 3306,
  receiving: false,
  connected: false,
  applying: false,
  delaySeconds: 0,
  filters: [],
} as const;

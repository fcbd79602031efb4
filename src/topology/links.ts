// The state of every link, from what both ends said: a consumer's own word says live, armed or
// severed; the source's list finds consumers nobody knows. Pure. What is not known is unknown.
import {
  type Attribution,
  addressNames,
  attributeThreads,
  channelNames,
  type Known,
  type Match,
  sameIdentity,
} from './attribution.js';
import { groupLinks, unknownMembers } from './groups.js';
import {
  type ConsumerChannel,
  type DumpThread,
  type Identity,
  type Link,
  type LinkPart,
  type LinkState,
  type ProbeFailureReason,
  type ReaderSpec,
  type ServerAnswer,
  type ServerEntry,
  type ServerView,
  STRANGER,
  worse,
} from './snapshot.js';

export interface LinkFacts {
  readonly entries: readonly ServerEntry[];
  readonly views: ReadonlyMap<string, ServerView>;
  readonly readers: readonly ReaderSpec[];
  /** What servers last said they are, for those that are silent now. */
  readonly identities?: ReadonlyMap<string, Identity>;
}

/** Every ordered pair of configured servers, and one link for each stranger and reader. */
export function linksOf(facts: LinkFacts): readonly Link[] {
  const all = facts.entries.map((entry) => knownOf(entry, facts));
  return all.flatMap((source) => linksFrom(source, all, facts.readers));
}

function knownOf(entry: ServerEntry, facts: LinkFacts): Known {
  const view = facts.views.get(entry.name);
  const identity = view?.kind === 'answered' ? view.identity : facts.identities?.get(entry.name);
  return { entry, view, identity };
}

function linksFrom(
  source: Known,
  all: readonly Known[],
  readers: readonly ReaderSpec[],
): readonly Link[] {
  const answer = source.view?.kind === 'answered' ? source.view : undefined;
  const attribution = answer === undefined ? NOTHING : attributeThreads(answer, all, readers);
  const consumers = all.filter((each) => each !== source);
  const links = consumers.map((consumer): Link => {
    const finding = findingOf({ source, consumer, all });
    return {
      source: source.entry.name,
      consumer: consumer.entry.name,
      ...finding,
      threads: attribution.byConsumer.get(consumer.entry.name) ?? [],
      reader: false,
    };
  });
  return answer === undefined ? links : [...links, ...strangerLinks(source, all, attribution)];
}

const NOTHING: Attribution = { byConsumer: new Map(), readers: [], strangers: [] };

interface Pair {
  readonly source: Known;
  readonly consumer: Known;
  readonly all: readonly Known[];
}

interface Finding {
  readonly state: LinkState;
  readonly reason: string;
  readonly channel?: ConsumerChannel;
  readonly parts?: readonly LinkPart[];
}

function findingOf(pair: Pair): Finding {
  const { source, consumer } = pair;
  const blind = blindness(source, consumer);
  if (blind !== undefined) return { state: 'unknown', reason: blind };
  const answer = consumer.view?.kind === 'answered' ? consumer.view : undefined;
  if (answer === undefined) return { state: 'unknown', reason: 'not asked yet' };
  const logs = [...channelFindings(pair, answer), ...failoverFindings(pair, answer)];
  const groups = groupLinks(source, consumer);
  const worst = [...logs, ...groups].reduce<Finding>(moreDangerous, SEVERED);
  if (groups.length === 0) return worst;
  const ofLogs = logs.map(({ state, reason }) => ({ carrier: 'binlog' as const, state, reason }));
  const { state, reason, channel } = worst;
  const parts = [...ofLogs, ...groups];
  return { state, reason, parts, ...(channel === undefined ? {} : { channel }) };
}

const SEVERED: Finding = { state: 'severed', reason: 'it has no channel to this source' };

function moreDangerous(a: Finding, b: Finding): Finding {
  return a.state !== b.state && worse(a.state, b.state) === b.state ? b : a;
}

/** Why nothing can be said of the pair; undefined if both ends spoke and can be told apart. */
function blindness(source: Known, consumer: Known): string | undefined {
  for (const { entry, view } of [source, consumer]) {
    if (view === undefined) return `${entry.name} was not asked yet`;
    if (view.kind === 'silent') return `${entry.name} ${SILENCE[view.reason]}`;
  }
  const lacking = source.view?.kind === 'answered' ? source.view.missingRights : [];
  if (lacking.length > 0) {
    return `the monitor account lacks ${lacking.join(', ')} on ${source.entry.name}`;
  }
  const { identity } = source;
  if (identity === undefined || consumer.identity === undefined) return 'identity not known';
  if (sameIdentity(identity, consumer.identity)) {
    return `cannot be told apart: both have ${identityWords(identity, consumer.identity)}`;
  }
  return undefined;
}

/** Short enough for an error message; the whole reason is in `interlock links` and the log. */
const SILENCE: Readonly<Record<ProbeFailureReason, string>> = {
  timeout: 'did not answer in time',
  refused: 'refuses connections',
  unreachable: 'cannot be reached',
  'access-denied': 'does not let the monitor account in',
  'missing-rights': 'gives the monitor account too few rights (see interlock check)',
  error: 'answered with an error',
  'never-asked': 'was not asked yet',
};

function identityWords(one: Identity, other: Identity): string {
  const { serverUuid } = one;
  const share = serverUuid !== undefined && other.serverUuid !== undefined;
  return share ? `server_uuid ${serverUuid}` : `server_id ${one.serverId}`;
}

function channelFindings(pair: Pair, answer: ServerAnswer): readonly Finding[] {
  return answer.channels.flatMap((channel) => {
    const match = channelNames(channel, pair.consumer, pair.source, pair.all);
    if (match === 'no') return [];
    return [{ ...channelFinding(channel, match), channel }];
  });
}

function channelFinding(channel: ConsumerChannel, match: Exclude<Match, 'no'>): Finding {
  const named = channel.name === '' ? '' : ` (channel ${channel.name})`;
  if (match === 'maybe') {
    const address = `${channel.sourceHost}:${channel.sourcePort}`;
    return { state: 'unknown', reason: `its source ${address} may be this server${named}` };
  }
  if (channel.connected) return { state: 'live', reason: `I/O thread running${named}` };
  if (channel.receiving) return { state: 'live', reason: `I/O thread connecting${named}` };
  return { state: 'armed', reason: `row with a host, stopped${named}` };
}

function failoverFindings(pair: Pair, answer: ServerAnswer): readonly Finding[] {
  return answer.failoverSources.flatMap((failover): readonly Finding[] => {
    const match = addressNames(failover, pair.consumer, pair.source, pair.all);
    const address = `${failover.host}:${failover.port}`;
    switch (match) {
      case 'yes':
        return [{ state: 'armed', reason: `its failover list names ${address}` }];
      case 'maybe':
        return [{ state: 'unknown', reason: `its failover list's ${address} may be this server` }];
      case 'no':
        return [];
    }
    return match satisfies never;
  });
}

function strangerLinks(
  source: Known,
  all: readonly Known[],
  attribution: Attribution,
): readonly Link[] {
  const link = (reason: string, threads: readonly DumpThread[], reader: boolean): Link => ({
    source: source.entry.name,
    consumer: STRANGER,
    state: 'live',
    reason,
    threads,
    reader,
  });
  return [
    ...attribution.strangers.map((threads) => link(strangerWords(threads), threads, false)),
    ...attribution.readers.map((threads) => link('declared reader', threads, true)),
    ...unknownMembers(source, all).map(({ reason, carrier }): Link => {
      const stranger = link(reason, [], false);
      return { ...stranger, parts: [{ carrier, state: stranger.state, reason }] };
    }),
  ];
}

/** Who it is, as far as the source tells, and what ends it. */
function strangerWords(threads: readonly DumpThread[]): string {
  const first = threads[0];
  const id = threads.find(({ threadId }) => threadId !== undefined)?.threadId;
  const who = [
    first?.user === undefined ? undefined : `user ${first.user}`,
    first?.host === undefined ? undefined : `from ${first.host}`,
    first?.consumerServerId === undefined ? undefined : `server_id ${first.consumerServerId}`,
  ].filter((part) => part !== undefined);
  const what = id === undefined ? 'in the list of replicas, no thread' : `KILL ${id} ends it`;
  return `reads the binary log: ${[...who, what].join(', ')}`;
}

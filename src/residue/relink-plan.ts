// Which channels a relinking text would set going, to which sources, and where the consumer would then
// stand. Pure: of what is not plain the worst counts. relink.ts judges what comes of it.
import { addressNames, channelNames, type Known } from '../topology/attribution.js';
import type { ConsumerChannel, Picture, ServerAnswer } from '../topology/snapshot.js';
import { NO_GTIDS } from './gtid-set.js';
import { type ChangedSource, type RelinkStep, relinkSteps } from './relink-text.js';
import { type Standing, type StandingAs, standingOf } from './standing.js';

/** What is linked hangs on these alone. */
export interface Plannable {
  /** Where the statement would run: the consumer of what it links. */
  readonly server: string;
  readonly text: string;
  /** The verbs of its relink effects. */
  readonly verbs: readonly string[];
  /** It also changes what its server has executed, or who it is. */
  readonly forgets?: boolean;
  readonly picture: Picture;
}

/** A pair that would be linked, and where the consumer would then stand. */
export interface Target {
  readonly source: string;
  /** The channel it goes on by, where the server holds one. */
  readonly channel?: ConsumerChannel;
  readonly as: StandingAs;
}

export interface Plan {
  readonly targets: readonly Target[];
  /** Sources that are not configured, in words. */
  readonly strangers: readonly string[];
}

/** Later steps see what earlier ones in the same text have changed. */
export function planOf(ask: Plannable): Plan {
  const steps = relinkSteps(ask.text, ask.verbs);
  const changed = steps.flatMap((step) => (step.kind === 'change' ? [folded(step.channel)] : []));
  const answer = answerOf(ask);
  const alter = steps.reduce<StandingAs>(
    (before, step) => (standing) => altered(before(standing), step, answer),
    ask.forgets === true ? asIfNew : asItIs,
  );
  const plans = steps.map((step) => stepPlan(step, { ask, changed: new Set(changed) }));
  return {
    targets: plans.flatMap(({ targets }) =>
      targets.map(({ source, channel, as }) => ({
        source,
        as: (standing) => {
          // What it is told by already: its relay log is known by that, too.
          const isOwn = answer === undefined || isTold(ask, source, channel);
          return as(alter(isOwn ? standing : standingOf(answer, channel, undefined)));
        },
      })),
    ),
    strangers: [...new Set(plans.flatMap(({ strangers }) => strangers))],
  };
}

/** Whether the pair's link stands for this channel. */
function isTold(
  { picture, server }: Plannable,
  source: string,
  channel: ConsumerChannel | undefined,
): boolean {
  const link = picture.links.find((each) => each.source === source && each.consumer === server);
  return channel === undefined || link?.channel === channel;
}

function answerOf({ picture, server }: Plannable): ServerAnswer | undefined {
  const view = picture.views.get(server);
  return view?.kind === 'answered' ? view : undefined;
}

/** Servers take channels for one whatever their case. */
function folded(channel: string): string {
  return channel.toLowerCase();
}

function altered(standing: Standing, step: RelinkStep, answer: ServerAnswer | undefined): Standing {
  if (step.kind === 'position') return { ...standing, position: step.position ?? new Map() };
  if (step.kind !== 'skip' || answer === undefined) return standing;
  // MariaDB has a counter for each connection, and which one is meant only the session knows.
  const isMeant = answer.flavour === 'mysql' || answer.channels.length <= 1;
  return isMeant ? { ...standing, skipsOne: true } : standing;
}

/** As a server stands that has executed nothing, and is not the one that logged anything. */
const asIfNew: StandingAs = ({ position, ...standing }) => ({
  ...standing,
  serverId: -1,
  executed: NO_GTIDS,
  ...(position === undefined ? {} : { position: new Map() }),
});

interface Scene {
  readonly ask: Plannable;
  /** Channels that the same text points elsewhere: what they were matters no more. */
  readonly changed: ReadonlySet<string>;
}

const NOTHING: Plan = { targets: [], strangers: [] };
const asItIs: StandingAs = (standing) => standing;
const fromTheStart: StandingAs = (standing) => ({ ...standing, by: 'place', place: 'start' });

function stepPlan(step: RelinkStep, scene: Scene): Plan {
  switch (step.kind) {
    case 'go-on':
      return held(scene, step.channel, asItIs);
    case 'position':
      return held(scene, undefined, asItIs);
    case 'rewind':
      return held(scene, step.channel, (standing) =>
        standing.by === 'gtid' ? standing : fromTheStart(standing),
      );
    case 'change':
      return changedPlan(step, scene.ask);
    case 'opaque':
      return everybody(scene.ask, fromTheStart);
    case 'join':
      return everybody(scene.ask, (standing) => ({ ...standing, by: 'gtid' }));
    case 'skip':
      return NOTHING;
  }
  return step satisfies never;
}

/** Whatever the text hides may name any of them, from their first event on. */
function everybody({ picture, server }: Plannable, as: StandingAs): Plan {
  const others = picture.entries.filter(({ name }) => name !== server);
  return { targets: others.map(({ name }) => ({ source: name, as })), strangers: [] };
}

/** The channels that the server holds, one of them or all, and whom they would turn to instead. */
function held(scene: Scene, channel: string | undefined, as: StandingAs): Plan {
  const { ask, changed } = scene;
  const answer = answerOf(ask);
  if (answer === undefined) return everybody(ask, as);
  const { channels, failoverSources } = answer;
  const isNamed = (name: string): boolean =>
    channel === undefined || folded(name) === folded(channel);
  // A name that is nobody's may be one in the server's eyes: it compares by rules of its own.
  const isKnown = [...channels.map(({ name }) => name), ...changed].some(isNamed);
  const isMeant = (name: string): boolean => !isKnown || isNamed(name);
  const going = channels.filter(({ name }) => isMeant(name) && !changed.has(folded(name)));
  const plans = going.map((each) => channelPlan(each, ask, as));
  const targets = plans.flatMap((plan) => plan.targets);
  const others = [
    ...failoverSources
      .filter((each) => isMeant(each.channel))
      .flatMap((each) => sourcesAt(each, ask)),
    ...(channel === undefined ? linkedOtherwise(ask) : []),
  ].filter((source) => !targets.some((target) => target.source === source));
  return {
    targets: [...targets, ...[...new Set(others)].map((source) => ({ source, as }))],
    strangers: plans.flatMap(({ strangers }) => strangers),
  };
}

/** The servers that a channel has as its source; who it only may have is nobody we can ask. */
function channelPlan(channel: ConsumerChannel, ask: Plannable, as: StandingAs): Plan {
  const { all, consumer } = knownIn(ask);
  const sources = all.filter(
    (source) =>
      source !== consumer &&
      consumer !== undefined &&
      channelNames(channel, consumer, source, all) === 'yes',
  );
  if (sources.length === 0) return stranger(channel.sourceHost, channel.sourcePort);
  return {
    targets: sources.map(({ entry }) => ({ source: entry.name, channel, as })),
    strangers: [],
  };
}

/** By a cluster, a group or a failover list: what goes on there has no channel. */
function linkedOtherwise({ picture, server }: Plannable): readonly string[] {
  const links = picture.links.filter(
    ({ consumer, state, channel }) =>
      consumer === server && state !== 'severed' && channel === undefined,
  );
  return links.map(({ source }) => source);
}

function strangerWords(host: string, port: number): string {
  return `its source ${host}:${port} is no server of the configuration, so its log cannot be read`;
}

function changedPlan(change: ChangedSource, ask: Plannable): Plan {
  const before = channelBefore(change, answerOf(ask));
  const host = change.host ?? before?.sourceHost;
  const port = change.port ?? before?.sourcePort ?? 3306;
  if (host === undefined) return everybody(ask, fromTheStart);
  const as = standingAfter(change, before);
  const targets = sourcesAt({ host, port }, ask).map((source) => ({ source, as }));
  return targets.length > 0 ? { targets, strangers: [] } : stranger(host, port);
}

/** Without a name MariaDB means the session's default connection, whatever that is. */
function channelBefore(
  { channel }: ChangedSource,
  answer: ServerAnswer | undefined,
): ConsumerChannel | undefined {
  const { channels = [], flavour } = answer ?? {};
  const isAny = flavour === 'mariadb' && channel === '' && channels.some(({ name }) => name !== '');
  return isAny ? undefined : channels.find(({ name }) => folded(name) === folded(channel));
}

function stranger(host: string, port: number): Plan {
  return { targets: [], strangers: [strangerWords(host, port)] };
}

/** A new host or port without coordinates begins with the first event, or by GTID. */
function standingAfter(change: ChangedSource, before: ConsumerChannel | undefined): StandingAs {
  const { file, position, byGtid } = change;
  if (file !== undefined && byGtid !== true) {
    const place = { file, position: position ?? 4 };
    return (standing) => ({ ...standing, by: 'place', place });
  }
  const byGtidNow = byGtid ?? before?.byGtid === true;
  if (byGtidNow && position === undefined) return (standing) => ({ ...standing, by: 'gtid' });
  const isMoved =
    (change.host !== undefined && change.host !== before?.sourceHost) ||
    (change.port !== undefined && change.port !== before?.sourcePort);
  const isKept = before !== undefined && !isMoved && position === undefined && byGtid === undefined;
  return isKept ? asItIs : fromTheStart;
}

/** The configured server at that address; none, where it is nobody's for sure. */
function sourcesAt(
  address: { readonly host: string; readonly port: number },
  ask: Plannable,
): readonly string[] {
  const { all, consumer } = knownIn(ask);
  if (consumer === undefined) return [];
  const matches = all
    .filter((source) => source !== consumer)
    .map((source) => ({ source, match: addressNames(address, consumer, source, all) }));
  return matches.filter(({ match }) => match === 'yes').map(({ source }) => source.entry.name);
}

function knownIn({ picture, server }: Plannable): {
  readonly all: readonly Known[];
  readonly consumer: Known | undefined;
} {
  const all = picture.entries.map((entry): Known => {
    const view = picture.views.get(entry.name);
    return { entry, view, identity: view?.kind === 'answered' ? view.identity : undefined };
  });
  return { all, consumer: all.find(({ entry }) => entry.name === server) };
}

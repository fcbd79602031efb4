// Which pairs a relinking statement would link, and from where: each is judged by what it would
// replay. Pure but for Residues, which it asks. A source that nobody configured is a doubt.
import type { StatementEffect } from '../sql/effect.js';
import { addressNames, type Known } from '../topology/attribution.js';
import type { ConsumerChannel, Link, Picture } from '../topology/snapshot.js';
import type { PairResidue, ResidueState } from './pair.js';
import { type ChangedSource, type RelinkStep, relinkSteps } from './relink-text.js';
import type { Residues, StandingAs } from './residues.js';

/** What the pairs that a statement would link hold, the worst first. */
export interface RelinkResidue {
  readonly state: ResidueState;
  readonly pairs: readonly PairResidue[];
}

export interface RelinkAsk {
  /** Where the statement would run: the consumer of what it links. */
  readonly server: string;
  readonly text: string;
  /** The verbs of its relink effects. */
  readonly verbs: readonly string[];
  readonly picture: Picture;
  /** When the statement came, and when the answer is due (both monotonic). */
  readonly arrivedMs: number;
  readonly deadlineAtMs: number;
}

/** What is linked hangs on these alone. */
type Plannable = Pick<RelinkAsk, 'server' | 'text' | 'verbs' | 'picture'>;

/** The guard's question, in the words of this room. */
export function relinkAsk(
  asked: { readonly question: Asked; readonly picture: Picture; readonly arrivedMs: number },
  deadlineMs: number,
): RelinkAsk {
  const { question, picture, arrivedMs } = asked;
  const relinks = question.facts.effects.filter(({ effect }) => effect === 'relink');
  return {
    server: question.requester.server,
    text: Buffer.from(question.text).toString('latin1'),
    verbs: relinks.map(({ verb }) => verb),
    picture,
    arrivedMs,
    deadlineAtMs: arrivedMs + deadlineMs,
  };
}

/** As much of a guarded statement as relinking needs. */
interface Asked {
  readonly requester: { readonly server: string };
  readonly text: Uint8Array;
  readonly facts: { readonly effects: readonly StatementEffect[] };
}

/** A pair that would be linked, and where the consumer would then stand. */
interface Target {
  readonly source: string;
  readonly as: StandingAs;
}

interface Plan {
  readonly targets: readonly Target[];
  /** Sources that are not configured, in words. */
  readonly strangers: readonly string[];
}

/** The servers that the statement would link its own to; of an unknown source it may be any. */
export function relinkSources(ask: Plannable): readonly string[] {
  const { targets, strangers } = planOf(ask);
  const named = targets.map(({ source }) => source);
  const others = ask.picture.entries.map(({ name }) => name).filter((name) => name !== ask.server);
  return strangers.length > 0 ? others : [...new Set(named)];
}

export async function relinkResidue(residues: Residues, ask: RelinkAsk): Promise<RelinkResidue> {
  const { server: consumer, picture, arrivedMs } = ask;
  const { targets, strangers } = planOf(ask);
  const sources = [...new Set(targets.map(({ source }) => source))];
  await residues.catchUp(picture, sources, ask.deadlineAtMs);
  const judged = targets.map(({ source, as }) =>
    residues.of(picture, { source, consumer }, { as, sinceMs: arrivedMs }),
  );
  const unknown = strangers.map((doubt): PairResidue => {
    const none = { count: 0, events: [], rowDeletes: [], basis: 'nothing' } as const;
    return {
      source: 'stranger',
      consumer,
      state: 'unknown',
      doubts: [doubt],
      isLost: false,
      ...none,
    };
  });
  const pairs = [...judged, ...unknown].toSorted((a, b) => danger(b) - danger(a));
  return { state: pairs[0]?.state ?? 'none', pairs };
}

const DANGER = ['none', 'unknown', 'some'] as const satisfies readonly ResidueState[];

function danger({ state }: PairResidue): number {
  return DANGER.indexOf(state);
}

/** Later steps see what earlier ones in the same text have changed. */
function planOf(ask: Plannable): Plan {
  const steps = relinkSteps(ask.text, ask.verbs);
  const skips = steps.some(({ kind }) => kind === 'skip');
  const changed = new Set(steps.flatMap((step) => (step.kind === 'change' ? step.channel : [])));
  const alter = steps.reduce<StandingAs>(
    (before, step) =>
      step.kind === 'position' ? (standing) => withPosition(before(standing), step) : before,
    skips ? (standing) => ({ ...standing, skipsOne: true }) : (standing) => standing,
  );
  const plans = steps.map((step) => stepPlan(step, { ask, changed }));
  return {
    targets: plans.flatMap(({ targets }) =>
      targets.map(({ source, as }) => ({ source, as: (standing) => as(alter(standing)) })),
    ),
    strangers: [...new Set(plans.flatMap(({ strangers }) => strangers))],
  };
}

function withPosition(
  standing: Parameters<StandingAs>[0],
  { position }: Extract<RelinkStep, { kind: 'position' }>,
): Parameters<StandingAs>[0] {
  return { ...standing, position: position ?? new Map() };
}

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

/** The channels that the server holds, one of them or all. */
function held({ ask, changed }: Scene, channel: string | undefined, as: StandingAs): Plan {
  const { picture, server } = ask;
  const isMeant = (name: string): boolean =>
    !changed.has(name) && (channel === undefined || channel === name);
  const links = linksTo(ask).filter((link) => isMeant(link.channel?.name ?? ''));
  const view = picture.views.get(server);
  const channels = view?.kind === 'answered' ? view.channels : [];
  const unlisted = channels.filter(
    (each) => isMeant(each.name) && !linksTo(ask).some((link) => isSame(link.channel, each)),
  );
  return {
    targets: links.map(({ source }) => ({ source, as })),
    strangers: unlisted.map((each) => strangerWords(each.sourceHost, each.sourcePort)),
  };
}

function linksTo({ picture, server }: Plannable): readonly Link[] {
  return picture.links.filter(({ consumer, state }) => consumer === server && state !== 'severed');
}

function isSame(one: ConsumerChannel | undefined, other: ConsumerChannel): boolean {
  return one?.name === other.name && one.sourceHost === other.sourceHost;
}

function strangerWords(host: string, port: number): string {
  return `its source ${host}:${port} is no server of the configuration, so its log cannot be read`;
}

function changedPlan(change: ChangedSource, ask: Plannable): Plan {
  const { picture, server } = ask;
  const view = picture.views.get(server);
  const channels = view?.kind === 'answered' ? view.channels : [];
  const before = channels.find(({ name }) => name === change.channel);
  const host = change.host ?? before?.sourceHost;
  const port = change.port ?? before?.sourcePort ?? 3306;
  if (host === undefined) return everybody(ask, fromTheStart);
  const as = standingAfter(change, before);
  const targets = sourcesAt({ host, port }, ask).map((source) => ({ source, as }));
  return targets.length > 0 ? { targets, strangers: [] } : stranger(host, port);
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

/** The configured server at that address; all that it may be, where it is nobody's for sure. */
function sourcesAt(
  address: { readonly host: string; readonly port: number },
  { picture, server }: Plannable,
): readonly string[] {
  const all = picture.entries.map((entry): Known => {
    const view = picture.views.get(entry.name);
    return { entry, view, identity: view?.kind === 'answered' ? view.identity : undefined };
  });
  const consumer = all.find(({ entry }) => entry.name === server);
  if (consumer === undefined) return [];
  const matches = all
    .filter((source) => source !== consumer)
    .map((source) => ({ source, match: addressNames(address, consumer, source, all) }));
  return matches.filter(({ match }) => match === 'yes').map(({ source }) => source.entry.name);
}

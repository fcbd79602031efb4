// What is left to do to reseed one server from another, step by step and in each server's own
// words: what to sever before, where to begin and in which order to link after. Pure.
import { type Link, type Picture, type ServerAnswer, STRANGER } from '../topology/snapshot.js';
import { termsOf } from '../topology/terms.js';
import type { DumpHead } from './dump-head.js';
import type { PairResidue } from './pair.js';
import { changeStatement, clearHistory, startStatement } from './reseed-words.js';

export interface ReseedStep {
  /** Where it is typed. */
  readonly server: string;
  readonly statements: readonly string[];
  readonly why: string;
  readonly done: boolean;
}

export interface ReseedPlan {
  readonly phase: 'before' | 'after';
  readonly server: string;
  readonly from: string;
  readonly steps: readonly ReseedStep[];
  /** What no statement mends, worst first. */
  readonly obstacles: readonly string[];
  readonly notes: readonly string[];
}

export interface ReseedFacts {
  readonly picture: Picture;
  /** The server that is reseeded, and the one whose data it gets. */
  readonly server: ServerAnswer;
  readonly from: ServerAnswer;
  readonly dump?: DumpHead;
  /** Of the pair that a link back would make: from the reseeded server to its source. */
  readonly back: PairResidue;
  /** It follows, and is followed by nobody it is reseeded from: no link back. */
  readonly isOneWay?: boolean;
}

export function isReady({ steps, obstacles }: ReseedPlan): boolean {
  return obstacles.length === 0 && steps.every(({ done }) => done);
}

/** Everything that must be severed before the restore begins. */
export function planBefore(facts: ReseedFacts): ReseedPlan {
  const { picture, server, from } = facts;
  const name = server.server;
  const around = picture.links.filter(
    (link) => (link.source === name || link.consumer === name) && !link.reader,
  );
  const linked = around.filter(({ state }) => state !== 'severed');
  const steps = linked.flatMap((link) => severSteps(link, picture));
  const cleared = clearStep(facts);
  return {
    phase: 'before',
    server: name,
    from: from.server,
    steps: linked.length === 0 && cleared !== undefined ? [cleared] : steps,
    obstacles: [
      ...linked.filter((link) => severSteps(link, picture).length === 0).map(obstacleOf),
      ...server.groups.map(({ kind }) => `${name} is in a ${kind} cluster: its members follow`),
    ],
    notes: [...logNotes(server), ...belowNotes(facts)],
  };
}

function severSteps(link: Link, picture: Picture): readonly ReseedStep[] {
  const { source, consumer, channel, state, reason } = link;
  const why = `${source} → ${consumer} is ${state}: ${reason}`;
  if (consumer === STRANGER) {
    const ids = link.threads.flatMap(({ threadId }) => threadId ?? []);
    const statements = ids.map((id) => `KILL ${id}`);
    return ids.length === 0 ? [] : [{ server: source, statements, why, done: false }];
  }
  const view = picture.views.get(consumer);
  if (view?.kind !== 'answered' || channel === undefined) return [];
  const statements = termsOf(view)
    .sever(channel.name, view.channels.length <= 1)
    .split('; ');
  return [{ server: consumer, statements, why, done: false }];
}

function obstacleOf({ source, consumer, state, reason }: Link): string {
  return `${source} → ${consumer} is ${state} and no statement severs it: ${reason}`;
}

/** A dump of a server with GTIDs sets gtid_purged, which takes an empty history. */
function clearStep({ server, back }: ReseedFacts): ReseedStep | undefined {
  const { executed = '', isOff } = server.gtids ?? {};
  if (server.flavour !== 'mysql' || executed === '' || isOff === true) return undefined;
  const why =
    `its history goes with its data: the dump brings its own (gtid_purged), and ${back.consumer} ` +
    'must not be sent what was logged here';
  const isClear = server.gtids?.executed === server.gtids?.purged;
  const statements = [clearHistory(server)];
  return { server: server.server, statements, why, done: isClear };
}

function logNotes({ server, logBin, flavour }: ServerAnswer): readonly string[] {
  if (!logBin) return [`${server} logs nothing, so the restore goes nowhere.`];
  const tool =
    flavour === 'mariadb'
      ? 'mariadb-dump does not write that into the dump'
      : 'mysqldump of a server with GTIDs writes that into the dump';
  return [
    `The restore would be logged at ${server}, and any later link would fetch it. Keep it out: ` +
      `begin the session that restores with SET SESSION sql_log_bin=0 (${tool}).`,
  ];
}

/** Consumers that get their data from here alone: an unlogged restore never reaches them. */
function belowNotes(facts: ReseedFacts): readonly string[] {
  const { picture, server, from } = facts;
  const name = server.server;
  const below = picture.links.filter(
    ({ source, consumer, state }) =>
      source === name && consumer !== from.server && consumer !== STRANGER && state !== 'severed',
  );
  return [
    ...below.map(
      ({ consumer }) =>
        `${consumer} reads from ${name} and would keep its old data. ${reseedFrom(name, consumer)}`,
    ),
    ...looseNotes(facts),
  ];
}

/** Once it is severed nothing tells whom a server followed: whoever follows nobody may be meant. */
function looseNotes({ picture, server, from }: ReseedFacts): readonly string[] {
  const loose = picture.entries.filter(({ name }) => {
    const sources = picture.links.filter(({ consumer }) => consumer === name);
    const isOther = name !== server.server && name !== from.server;
    return isOther && sources.length > 0 && sources.every(({ state }) => state === 'severed');
  });
  return loose.map(
    ({ name }) =>
      `${name} follows nobody. If it followed ${server.server}, it keeps its old data. ` +
      reseedFrom(server.server, name),
  );
}

function reseedFrom(source: string, consumer: string): string {
  const command = `interlock reseed-check --server ${consumer} --from ${source} --one-way`;
  return `Once ${source} is done, reseed it from a dump of ${source}: ${command}`;
}

/** Where to begin, and in which order to link. */
export function planAfter(facts: ReseedFacts): ReseedPlan {
  const { server, from, back } = facts;
  const forward = linkOf(facts, from.server, server.server);
  const backward = linkOf(facts, server.server, from.server);
  const isOneWay = facts.isOneWay === true || server.readOnly;
  const isForward = forward?.state === 'live';
  const steps = [
    ...beginSteps(facts, isForward),
    linkStep({ source: from, consumer: server, facts, done: isForward }),
    ...(isOneWay
      ? []
      : [
          ...skipSteps(facts),
          linkStep({ source: server, consumer: from, facts, done: backward?.state === 'live' }),
        ]),
  ];
  const doubts = back.state === 'unknown' && !isOneWay ? back.doubts : [];
  const residue =
    `Residue ${server.server} → ${from.server}: ${back.count}; ` +
    'it must be 0 before the link back.';
  return {
    phase: 'after',
    server: server.server,
    from: from.server,
    steps,
    obstacles: doubts.map((doubt) => `what ${from.server} would be sent is not known: ${doubt}`),
    notes: [
      `Wait after the first link until ${server.server} has caught up with ${from.server}.`,
      ...(isOneWay ? [] : [residue]),
      ...belowNotes(facts),
    ],
  };
}

function linkOf({ picture }: ReseedFacts, source: string, consumer: string): Link | undefined {
  return picture.links.find((link) => link.source === source && link.consumer === consumer);
}

/** The dump's place in the source's history becomes the server's own. */
function beginSteps(facts: ReseedFacts, isLinked: boolean): readonly ReseedStep[] {
  const { server, dump } = facts;
  const why = `${server.server} must go on from where the dump was taken`;
  if (!usesGtids(facts)) return [];
  if (server.flavour === 'mariadb') {
    const at = dump?.slavePos ?? '<gtid_slave_pos of the dump>';
    const statements = [`SET GLOBAL gtid_slave_pos='${at}'`];
    const done = isLinked || server.gtids?.slavePos === at;
    return [{ server: server.server, statements, why, done }];
  }
  const at = dump?.purged ?? '<GTID_PURGED of the dump>';
  const { executed = '', purged = '' } = server.gtids ?? {};
  // mysqldump's own statement has set it, if nothing was logged here since.
  const done = isLinked || executed === at || (dump?.purged === undefined && executed === purged);
  const statements = [clearHistory(server), `SET GLOBAL gtid_purged='${at}'`];
  return [{ server: server.server, statements, why, done: done && executed !== '' }];
}

function usesGtids({ server, from, dump }: ReseedFacts): boolean {
  if (server.flavour !== from.flavour) return false;
  if (server.flavour === 'mariadb') return dump === undefined || dump.slavePos !== undefined;
  if (server.gtids?.isOff === true || from.gtids?.isOff === true) return false;
  return (from.gtids?.executed ?? '') !== '';
}

function linkStep(link: {
  readonly source: ServerAnswer;
  readonly consumer: ServerAnswer;
  readonly facts: ReseedFacts;
  readonly done: boolean;
}): ReseedStep {
  const { source, consumer, facts, done } = link;
  const entry = facts.picture.entries.find(({ name }) => name === source.server);
  const place = source === facts.from ? facts.dump?.place : source.coordinates;
  const change = changeStatement(consumer, {
    host: entry?.host ?? '',
    port: entry?.port ?? 0,
    from: usesGtids(facts) ? 'gtid' : (place ?? 'unknown'),
  });
  const why =
    source === facts.from
      ? 'it fetches what was written since the dump'
      : 'only now, that nothing destructive waits for it';
  return { server: consumer.server, statements: [change, startStatement(consumer)], why, done };
}

/** What was logged all the same must not be sent back. By position it lies before the coordinates. */
function skipSteps(facts: ReseedFacts): readonly ReseedStep[] {
  const { server, from, back } = facts;
  if (back.count === 0 || !usesGtids(facts)) return [];
  const why = `${back.count} destructive events of ${server.server} wait for ${from.server}`;
  const base = { why, done: false };
  if (server.flavour === 'mariadb') {
    const at = server.coordinates?.gtid ?? '';
    return [{ ...base, server: from.server, statements: [`SET GLOBAL gtid_slave_pos='${at}'`] }];
  }
  const ids = back.events.flatMap(({ name }) =>
    name.kind === 'gtid' ? `${name.gtid.name}:${name.gtid.number}` : [],
  );
  const statements = ids.flatMap((id) => [
    `SET GTID_NEXT='${id}'`,
    'BEGIN',
    'COMMIT',
    "SET GTID_NEXT='AUTOMATIC'",
  ]);
  return [{ ...base, server: from.server, statements }];
}

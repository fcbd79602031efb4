// The denial's text, which is all the user sees: what was refused, where it would get to, what
// makes it safe, which rule, and the record's id. Bounded in bytes; never shows a literal.
import type { StatementEffect } from '../sql/effect.js';
import { builtInText } from './built-in-text.js';
import { reachOfEffect } from './logging.js';
import {
  byteLength,
  cutToBytes,
  objectList,
  plainWords,
  reachList,
  safeName,
  worstFirst,
} from './message-parts.js';
import { relinkDanger } from './residue-way.js';
import { type Advice, safeWay } from './safe-way.js';
import { BUILT_IN_RULES, type Decision, type Facts } from './verdict.js';

/** What every client shows whole (an ERR_Packet's message holds 512 bytes in old clients). */
export const DENIAL_BYTES_MAX = 500;

export interface Denial {
  readonly decision: Decision;
  readonly facts: Facts;
  readonly recordId: string;
}

/** How much of everything to say; tried from generous to terse until it fits. */
interface Room {
  readonly objects: number;
  readonly nameBytes: number;
  readonly reach: number;
  readonly advice: 'long' | 'short' | 'none';
}

const ROOMS: readonly Room[] = [
  { objects: 3, nameBytes: 130, reach: 8, advice: 'long' },
  { objects: 2, nameBytes: 130, reach: 4, advice: 'long' },
  { objects: 1, nameBytes: 130, reach: 2, advice: 'long' },
  { objects: 1, nameBytes: 130, reach: 1, advice: 'long' },
  { objects: 1, nameBytes: 130, reach: 3, advice: 'short' },
  { objects: 1, nameBytes: 100, reach: 1, advice: 'short' },
  { objects: 1, nameBytes: 60, reach: 1, advice: 'none' },
];

export function denialMessage(denial: Denial): string {
  const tail = tailOf(denial);
  const budget = DENIAL_BYTES_MAX - byteLength(tail);
  const bodies = ROOMS.map((room) => bodyOf(denial, room));
  const body = bodies.find((text) => byteLength(text) <= budget) ?? bodies.at(-1) ?? '';
  return cutToBytes(body, budget) + tail;
}

/** What is never cut. Ids are bounded by the rule schema; a record's id is ours. */
function tailOf({ decision, recordId }: Denial): string {
  const { afterwards, approval, rule } = decision;
  const ending = afterwards === undefined ? '' : ENDINGS[afterwards];
  const note = approval?.note === undefined ? '' : ` ${approval.note}`;
  const id = approval?.request === undefined ? `Record ${recordId}` : `Request ${approval.request}`;
  return `${note}${ending} Rule ${rule}. ${id}.`;
}

const ENDINGS = {
  latch: ' This session takes no more writes.',
  close: ' This session is closed.',
} as const;

function bodyOf({ decision, facts }: Denial, room: Room): string {
  const head = `Interlock refused ${subject(decision.effect ?? facts.effects[0], room)} on ${plainWords(facts.requester.server)}: `;
  const builtIn = BUILT_IN_RULES.find((rule) => rule === decision.rule);
  if (builtIn !== undefined) return head + builtInText(builtIn, decision.reason ?? '');
  return head + danger({ decision, facts }, room);
}

/** `DROP TABLE app.users and 3 more`, or the verb alone where there are no objects. */
function subject(effect: StatementEffect | undefined, room: Room): string {
  if (effect === undefined) return 'a statement';
  const objects = objectList(effect.objects, { shown: room.objects, nameBytes: room.nameBytes });
  const verb = cutToBytes(safeName(effect.verb), 60);
  const done = objects === '' ? verb : `${verb} ${objects}`;
  // Whoever typed CALL would not know it again.
  return effect.by === undefined ? done : `${done} (${cutToBytes(plainWords(effect.by), 90)})`;
}

function danger(denial: Pick<Denial, 'decision' | 'facts'>, room: Room): string {
  const { decision, facts } = denial;
  if (decision.effect?.effect === 'relink') {
    const told = relinkDanger(facts, { events: room.objects, advice: room.advice });
    if (told !== undefined) return told;
  }
  const reached =
    decision.effect === undefined ? facts.reach : reachOfEffect(decision.effect, facts);
  const reach = worstFirst(reached);
  const worst = reach[0];
  const why = opaqueReason(decision.effect);
  // Severing is no way past a rule that asks nothing of the links.
  if (worst === undefined || isOfSeveredToo(decision)) return `${why}${titleOf(decision)}.`;
  const words = `${reachWords(decision.effect)} ${reachList(reach, room.reach)}.`;
  const advice: Advice = safeWay(worst, reached, facts.picture);
  return `${why}${words}${room.advice === 'none' ? '' : ` ${advice[room.advice]}`}`;
}

/** A lost history is not sent on: it is missed by those that still read from it. */
function reachWords(effect: StatementEffect | undefined): string {
  return effect?.effect === 'destroy-history' ? 'still linked to it:' : 'it would reach';
}

/** What cannot be read is refused for that, so the text says why it cannot. */
function opaqueReason(effect: StatementEffect | undefined): string {
  if (effect === undefined || !['run-opaque', 'unreadable'].includes(effect.effect)) return '';
  const reason = plainWords(effect.reason ?? '').replace(/\.$/, '');
  const what = effect.effect === 'run-opaque' ? 'what it would run' : 'what it means';
  return reason === ''
    ? `${what} cannot be known, and `
    : `${what} cannot be known (${cutToBytes(reason, 90)}), and `;
}

function isOfSeveredToo({ rule, matches }: Decision): boolean {
  return matches.some((match) => match.rule === rule && match.severedToo === true);
}

function titleOf({ rule, matches }: Decision): string {
  const title = matches.find((match) => match.rule === rule)?.title ?? rule;
  return cutToBytes(plainWords(title), 160).replace(/\.$/, '');
}

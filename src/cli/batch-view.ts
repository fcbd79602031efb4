// A request for a whole restore in words that a person can judge: how often which effect on what,
// every object by name, and who may follow meanwhile. Everything that is signed is shown.
import { ANY_ADDRESS, type BatchItem, type BatchRequest } from '../approval/batch.js';
import type { StoredHold } from '../approval/store.js';
import {
  bytesWords,
  INDENT,
  needWords,
  reachWords,
  shown,
  termsOf,
  utc,
  wrapped,
} from './request-words.js';

export function renderBatch(request: BatchRequest, nowMs: number): string {
  const { server, requester, source, reach } = request;
  const from = requester.address === ANY_ADDRESS ? 'any address' : requester.address;
  const statements = source.statements.toLocaleString('en-US');
  const follow =
    reach.length === 0
      ? ['  It passes only while no other server follows.']
      : ['  Accepting that these follow', ...reachWords(request)];
  return [
    `Request ${request.id}, for a restore`,
    '',
    `  ${shown(requester.user)} from ${from} asks to run on ${server.name} (${shown(server.identity)}), in one session,`,
    `  what ${shown(source.name)} holds (${bytesWords(source.bytes)}, ${statements} statements, sha256 ${source.sha256}):`,
    '',
    ...groupsOf(request).flatMap(groupLines),
    '',
    ...follow,
    '  Because of',
    ...request.rules.map(
      (need) => `${INDENT}${need.rule}: ${shown(need.title)}; ${needWords(need)}`,
    ),
    '',
    `  ${termsOf(request, nowMs)}`,
    `  From its first statement on it may take ${Math.round(request.runMs / 60_000)} min.`,
    `  Store ${request.store}, rules ${request.revision.slice(0, 12)}, asked for ${utc(request.openedMs)}.`,
    '',
  ].join('\n');
}

/** `restore of shop.sql: 400 × drop-table, 3 × drop-view; 12 of 403 used`. */
export function listWords(request: BatchRequest, hold: StoredHold | undefined): string {
  const byEffect = new Map<string, number>();
  for (const { effect, count } of request.items) {
    byEffect.set(effect, (byEffect.get(effect) ?? 0) + count);
  }
  const list = [...byEffect].map(([effect, count]) => `${count} × ${effect}`).join(', ');
  const used = hold === undefined ? '' : `; ${hold.statements} of ${request.uses} used`;
  return `restore of ${shown(request.source.name)}: ${list}${used}`;
}

export function usedWords({ uses }: BatchRequest, { statements, session }: StoredHold): string {
  return `${statements} of ${uses} statements used by session ${session.split('/').at(-1)}`;
}

interface Group {
  readonly item: BatchItem;
  count: number;
  readonly names: string[];
  /** Statements that their names do not say in full. */
  readonly texts: Set<string>;
}

/** One for each effect, wording and schema, in the order of the dump. */
function groupsOf({ items }: BatchRequest): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const item of items) {
    const { effect, verb, schema, deferred, text, reason } = item;
    const key = JSON.stringify([effect, verb, schema, deferred, text !== undefined, reason]);
    const group = groups.get(key) ?? { item, count: 0, names: [], texts: new Set() };
    group.count += item.count;
    group.names.push(nameWords(item));
    for (const words of textWords(item)) group.texts.add(words);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function textWords({ text, words }: BatchItem): readonly string[] {
  if (text === undefined) return [];
  return words?.map(shown) ?? ['(a text too long to be shown here: read it in the dump)'];
}

function headWords({ effect, verb, schema, deferred, text, reason }: BatchItem, count: number) {
  const where = schema === undefined ? '' : ` in ${shown(schema)}`;
  const later = deferred ? ', in code kept for later' : '';
  const exact = text === undefined ? '' : ', as the dump words it';
  const why = reason === undefined ? '' : ` (${shown(reason)})`;
  return `${count} × ${effect}: ${shown(verb)}${where}${later}${exact}${why}`;
}

function nameWords({ name, schema, count }: BatchItem): string {
  const label = name ?? schema ?? '';
  return count === 1 ? shown(label) : `${shown(label)} (${count}×)`;
}

function groupLines({ item, count, names, texts }: Group): readonly string[] {
  const known = names.filter((name) => name !== '');
  const list = known.length === 0 ? [] : wrapped(known.join(', ')).map((line) => `  ${line}`);
  const exactly = [...texts].flatMap((words) => wrapped(words).map((line) => `${INDENT}${line}`));
  return [`${INDENT}${headWords(item, count)}`, ...list, ...exactly];
}

// A request for approval in words that a person can judge: what would be run, by whom, what it would
// destroy, how far it would get, who else must sign. Everything that is signed is shown.
import type { ApprovalRequest, RequestedEffect, StatementRequest } from '../approval/request.js';
import type { RequestView } from '../approval/request-schema.js';
import { objectLabel } from '../sql/effect.js';
import { listWords, renderBatch, usedWords } from './batch-view.js';
import {
  bytesWords,
  INDENT,
  needWords,
  reachWords,
  replayWords,
  shown,
  termsOf,
  utc,
  wrapped,
} from './request-words.js';

/** Of objects that one statement may name by the hundred. */
const OBJECTS_SHOWN = 50;

export function renderRequest(
  { request }: { readonly request: ApprovalRequest },
  nowMs: number,
): string {
  if (request.kind === 'batch') return renderBatch(request, nowMs);
  const { server, requester, database, statement } = request;
  const where = database === null ? '' : `, in schema ${shown(database)}`;
  const lines = [
    `Request ${request.id}`,
    '',
    `  ${shown(requester.user)} from ${requester.address} asks to run on ${server.name} (${shown(server.identity)})${where}:`,
    '',
    ...statement.forms.flatMap((form) => wrapped(shown(form))),
    ...ambiguity(statement.forms.length),
    ...secretWords(statement.secrets.length),
    '',
    '  It would',
    ...request.effects.map((effect) => `${INDENT}${effectWords(effect, request)}`),
    '  It would reach',
    ...reachWords(request),
    ...replayWords(request),
    '  Because of',
    ...request.rules.map(
      (need) => `${INDENT}${need.rule}: ${shown(need.title)}; ${needWords(need)}`,
    ),
    '',
    `  ${termsOf(request, nowMs)}`,
    `  Store ${request.store}, rules ${request.revision.slice(0, 12)}, asked for ${utc(request.openedMs)}.`,
    '',
  ];
  return lines.join('\n');
}

/** How far it has come. */
export function renderProgress(view: RequestView): string {
  const { request, phase, signed, missing } = view;
  const names = signed.map(signedWords).join(', ');
  const by = signed.length === 0 ? 'nobody has approved it yet' : `approved by ${names}`;
  switch (phase) {
    case 'gathering':
      return `${request.id}: ${by}; missing: ${shown(missing.join('; '))}\n`;
    case 'approved':
      return `${request.id}: ${by}. ${nextStep(view)}\n`;
    case 'used': {
      const last = view.hold?.last ?? view.used.at(-1);
      const when = last === undefined ? '' : ` at ${utc(last.usedMs)} (record ${last.recordId})`;
      return `${request.id}: ${by}; used${when}\n`;
    }
    case 'denied':
      return `${request.id}: denied by ${view.deniedBy ?? 'somebody'}\n`;
    case 'expired':
    case 'lapsed':
      return `${request.id}: ${by}; its time is over\n`;
    case 'restored':
      return `${request.id}: it ended when the store was put back from a copy\n`;
  }
  return phase satisfies never;
}

function signedWords({ person, sealed }: RequestView['signed'][number]): string {
  return sealed === true ? `the SEALED key ${person}` : person;
}

function nextStep({ request, hold, executeUntilMs = 0 }: RequestView): string {
  const until = utc(executeUntilMs);
  if (request.kind !== 'batch') return `Repeat the statement by ${until}.`;
  if (hold === undefined) return `Begin the restore by ${until}, in one session.`;
  return `${usedWords(request, hold)}, until ${until}.`;
}

/** One line for each. */
export function renderRequests(views: readonly RequestView[]): string {
  if (views.length === 0) return 'No request for approval is open.\n';
  return views
    .map(({ request, phase, signed, missing, hold }) => {
      const { id, requester, server } = request;
      const state = phase === 'gathering' ? shown(missing.join('; ')) : phase;
      const names = signed.length === 0 ? '' : ` (${signed.map(signedWords).join(', ')})`;
      const text =
        request.kind === 'batch'
          ? listWords(request, hold)
          : shown(request.statement.forms[0] ?? '');
      const short = text.length > 100 ? `${text.slice(0, 99)}…` : text;
      return `${id}  ${server.name}  ${shown(requester.user)}@${requester.address}  ${state}${names}\n${INDENT}${short}\n`;
    })
    .join('');
}

function ambiguity(forms: number): readonly string[] {
  if (forms === 1) return [];
  return [
    `${INDENT}! It can be read in ${forms} ways, as sql_mode and character set are; all are above,`,
    `${INDENT}! and all of what any of them does is below.`,
  ];
}

function secretWords(secrets: number): readonly string[] {
  return secrets === 0 ? [] : [`${INDENT}(*** are secrets; the approval is bound to them unseen)`];
}

function effectWords(effect: RequestedEffect, request: StatementRequest): string {
  const objects = effect.objects.slice(0, OBJECTS_SHOWN).map((object) => {
    const label = objectLabel({
      ...(object.schema === undefined ? {} : { schema: object.schema }),
      ...(object.name === undefined ? {} : { name: object.name }),
    });
    const size = request.sizes.find((each) => each.object === label);
    return `${shown(label)}${size === undefined ? '' : sizeWords(size)}`;
  });
  const more = effect.objects.length - objects.length;
  const rest = more > 0 ? ` and ${more} more` : '';
  const later = effect.deferred ? ' (in code kept for later)' : '';
  const why = effect.reason === undefined ? '' : ` (${shown(effect.reason)})`;
  return `${effect.effect}: ${shown(effect.verb)} ${objects.join(', ')}${rest}${later}${why}`;
}

function sizeWords({ rows, bytes }: StatementRequest['sizes'][number]): string {
  const known = [
    rows === 'unknown' ? '' : `about ${rows.toLocaleString('en-US')} rows`,
    bytes === 'unknown' ? '' : bytesWords(bytes),
  ].filter((part) => part !== '');
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}

// How a statement differs from one of the same shape that people have approved: for whoever repeats it
// from another account, or with another literal. Says no literal. Pure.
import { redact } from '../audit/redact.js';
import { canonicalJson } from './json.js';
import type { RequestedStatement, StatementRequest } from './request.js';

/** Undefined where it is something else altogether, or the very same. */
export function differenceFrom(
  request: StatementRequest,
  what: RequestedStatement,
): string | undefined {
  if (request.server.name !== what.server.name || !isSameShape(request, what)) return undefined;
  const { id, server, requester, database } = request;
  const { user, address } = what.requester;
  if (server.identity !== what.server.identity) {
    return `${id} is approved for another server (${server.identity}).`;
  }
  if (requester.user !== user) {
    return `${id} is approved for the account ${requester.user}, not ${user}.`;
  }
  if (requester.address !== address) {
    return `${id} is approved for ${user} at ${requester.address}, not ${address}.`;
  }
  if (database !== what.database) {
    const where = database === null ? 'no default schema' : `the default schema ${database}`;
    return `${id} is approved for ${where}.`;
  }
  if (canonicalJson(request.statement) === canonicalJson(what.statement)) return undefined;
  return `${id} is approved for another literal in this statement.`;
}

function isSameShape(request: StatementRequest, what: RequestedStatement): boolean {
  if (canonicalJson(request.effects) !== canonicalJson(what.effects)) return false;
  const { forms } = request.statement;
  const others = what.statement.forms;
  return (
    forms.length === others.length &&
    forms.every((form, at) => form === others[at] || masked(form) === masked(others[at] ?? ''))
  );
}

function masked(form: string): string {
  return redact(Buffer.from(form));
}

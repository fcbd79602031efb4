// `interlock requests`: the open requests for approval, or one of them, from the running Interlock; and
// a copy of one to be signed on a machine without a network.
import { type AdminAccess, NobodyAnswers } from '../admin/client.js';
import { writeNew } from '../approval/key-file.js';
import type { ApprovalRequest } from '../approval/request.js';
import { type RequestView, readRequestView, readRequestViews } from '../approval/request-schema.js';
import { systemClock } from '../clock.js';
import { messageOf } from '../errors.js';
import { type AccessOptions, adminAccess } from './admin-access.js';
import { renderProgress, renderRequest, renderRequests } from './request-view.js';
import { type CommonOptions, EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

export interface RequestsOptions extends CommonOptions, AccessOptions {
  readonly id?: string;
  readonly exportTo?: string;
}

export async function requestsCommand(
  options: RequestsOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  try {
    const access = await adminAccess(options, terminal);
    if (access === undefined) return EXIT.usage;
    if (options.id === undefined) return await listAll(access, options, terminal);
    return await showOne(await fetchRequest(access, options.id), options, terminal);
  } catch (thrown) {
    return failed(thrown, terminal);
  }
}

/** Undefined when the running Interlock holds no such request. */
export async function fetchRequest(
  access: AdminAccess,
  id: string,
): Promise<RequestView | undefined> {
  return readRequestView(await access.ask(`/requests?id=${encodeURIComponent(id)}`));
}

export function failed(thrown: unknown, terminal: Terminal): ExitCode {
  terminal.err(`${messageOf(thrown)}\n`);
  return thrown instanceof NobodyAnswers ? EXIT.unreachable : EXIT.notOk;
}

export function unknownRequest(id: string, terminal: Terminal): ExitCode {
  terminal.err(`This Interlock holds no request ${id}; interlock requests lists what is open.\n`);
  return EXIT.notOk;
}

export function exportRequest(request: ApprovalRequest, file: string, terminal: Terminal): void {
  writeNew(file, `${JSON.stringify(request, null, 2)}\n`, 0o600);
  terminal.err(
    `${file} holds ${request.id}. Sign it anywhere with ` +
      `interlock approve --offline ${file} --key KEY.\n`,
  );
}

async function listAll(
  access: AdminAccess,
  options: RequestsOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const views = readRequestViews(await access.ask('/requests'));
  if (options.json) printJson(terminal, views);
  else terminal.out(renderRequests(views));
  return EXIT.ok;
}

async function showOne(
  view: RequestView | undefined,
  options: RequestsOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (view === undefined) return unknownRequest(options.id ?? '', terminal);
  if (options.exportTo !== undefined) {
    exportRequest(view.request, options.exportTo, terminal);
    return EXIT.ok;
  }
  if (options.json) printJson(terminal, view);
  else terminal.out(`${renderRequest(view, systemClock.now())}\n${renderProgress(view)}`);
  return EXIT.ok;
}

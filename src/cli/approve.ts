// `interlock approve` and `interlock deny`: shows what will be signed, asks, signs with the approver's
// own key, and hands the signature in; or signs an exported request without any network, and hands in
// what was signed elsewhere.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileTrouble, type PrivateKey, writeNew } from '../approval/key-file.js';
import type { ApprovalRequest } from '../approval/request.js';
import { readRequest, readTokenAnswer } from '../approval/request-schema.js';
import { type Decision, REASON_LENGTH, signToken } from '../approval/token.js';
import { systemClock } from '../clock.js';
import { fileTroubleOf } from '../errors.js';
import { type AccessOptions, adminAccess, privateKeyOf } from './admin-access.js';
import { renderProgress, renderRequest } from './request-view.js';
import { failed, fetchRequest, unknownRequest } from './requests.js';
import { type CommonOptions, EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

export interface ApproveOptions extends CommonOptions, AccessOptions {
  readonly decision: Decision;
  readonly id?: string;
  readonly yes: boolean;
  /** Why, in the signer's words: recorded. */
  readonly reason?: string;
  /** An exported request to sign here; nothing is asked of any Interlock. */
  readonly offline?: string;
  /** Where to put the signature; printed if left out. */
  readonly out?: string;
  /** A signature made elsewhere, to hand in. */
  readonly token?: string;
}

export async function approveCommand(
  options: ApproveOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { id, offline, token } = options;
  if ([id, offline, token].filter((given) => given !== undefined).length !== 1) {
    terminal.err('Name one thing: the request’s ID, --offline FILE, or --token FILE.\n');
    return EXIT.usage;
  }
  try {
    if (token !== undefined) return await handIn(readText(token), { options }, terminal);
    if (offline !== undefined) return await signOffline(offline, options, terminal);
    return await signOnline(id ?? '', options, terminal);
  } catch (thrown) {
    return failed(thrown, terminal);
  }
}

async function signOnline(
  id: string,
  options: ApproveOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const key = await signingKey(options, terminal);
  const access = key && (await adminAccess(options, terminal, key));
  if (key === undefined || access === undefined) return EXIT.usage;
  const view = await fetchRequest(access, id);
  if (view === undefined) return unknownRequest(id, terminal);
  if (!options.json) terminal.err(renderProgress(view));
  const token = await signed(view.request, { key, options, terminal });
  return token === undefined ? EXIT.notOk : await handIn(token, { options, key }, terminal);
}

async function signOffline(
  file: string,
  options: ApproveOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const key = await signingKey(options, terminal);
  if (key === undefined) return EXIT.usage;
  const request = readRequest(readText(file));
  if (request === undefined) {
    terminal.err(`${file} is no request: interlock requests ID --export FILE makes one.\n`);
    return EXIT.notOk;
  }
  const token = await signed(request, { key, options, terminal });
  if (token === undefined) return EXIT.notOk;
  if (options.out !== undefined) writeNew(options.out, `${token}\n`, 0o600);
  else if (options.json) printJson(terminal, { request: request.id, token });
  else terminal.out(`${token}\n`);
  return EXIT.ok;
}

/** Undefined when it may not be used so; why has been printed by then. */
async function signingKey(
  options: ApproveOptions,
  terminal: Terminal,
): Promise<PrivateKey | undefined> {
  const wrong = (text: string): undefined => {
    terminal.err(`${text}\n`);
    return undefined;
  };
  const { reason } = options;
  if (reason !== undefined && (reason === '' || reason.length > REASON_LENGTH)) {
    return wrong(`--reason takes at most ${REASON_LENGTH} letters`);
  }
  const key = await privateKeyOf(options, terminal);
  if (key?.isSealed !== true || reason !== undefined) return key;
  return wrong('This is a sealed key: say why it is opened, with --reason "…". It is recorded.');
}

/** What is shown goes to standard error: the signature may be piped away. */
async function signed(
  request: ApprovalRequest,
  by: {
    readonly key: PrivateKey;
    readonly options: ApproveOptions;
    readonly terminal: Terminal;
  },
): Promise<string | undefined> {
  const { key, options, terminal } = by;
  const { decision } = options;
  terminal.err(`${renderRequest({ request }, systemClock.now())}\n`);
  if (key.isSealed) terminal.err(breakGlassWords(request));
  if (!options.yes) {
    const verb = decision === 'approve' ? 'Approve' : 'Deny';
    const answer = await terminal.ask?.(`${verb} this as ${key.person}? Type yes: `);
    if (answer?.trim().toLowerCase() !== 'yes') {
      terminal.err('Nothing was signed.\n');
      return undefined;
    }
  }
  const { jwk, kid, algorithm } = key;
  const id = randomBytes(16).toString('base64url');
  const nowMs = systemClock.now();
  const why = options.reason === undefined ? {} : { reason: options.reason };
  return await signToken(request, { decision, key: jwk, kid, algorithm, nowMs, id, ...why });
}

function breakGlassWords(request: ApprovalRequest): string {
  const ms = request.kind === 'batch' ? 0 : Math.min(request.executeMs, request.breakGlassMs);
  return (
    `This key is SEALED. Its signature alone lets the statement pass, for ${Math.round(ms / 6000) / 10} min. ` +
    'Everybody is told, and all that its session does from then on is recorded.\n\n'
  );
}

async function handIn(
  token: string,
  { options, key }: { readonly options: ApproveOptions; readonly key?: PrivateKey },
  terminal: Terminal,
): Promise<ExitCode> {
  const access = await adminAccess(options, terminal, key);
  if (access === undefined) return EXIT.usage;
  const answer = readTokenAnswer(await access.tell('/tokens', { token }));
  if (options.json) printJson(terminal, answer);
  if (answer.kind === 'refused') {
    if (!options.json) terminal.err(`The signature was refused: ${answer.reason}.\n`);
    return EXIT.notOk;
  }
  if (!options.json) {
    const again = answer.isNew ? '' : `${answer.person} had said so already. `;
    terminal.out(`${again}${renderProgress(answer.view)}`);
  }
  return EXIT.ok;
}

const FILE_BYTES_MAX = 1024 * 1024;

function readText(file: string): string {
  try {
    const text = readFileSync(file === '-' ? 0 : file, 'utf8');
    if (text.length <= FILE_BYTES_MAX) return text.trim();
  } catch (thrown) {
    throw fileTrouble(`${file} cannot be read: ${fileTroubleOf(thrown)}`, thrown);
  }
  throw fileTrouble(`${file} is too long for what it should be`);
}

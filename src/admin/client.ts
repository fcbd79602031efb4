// Asks a running Interlock over its admin socket, for the command line. It tells "nobody answers"
// (the caller may do without) from an answer that is an error (it may not). Over the network it is
// network-access.ts that asks.
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { InterlockError, messageOf } from '../errors.js';

/** No Interlock runs behind that socket: not a failure of one that does. */
export class NobodyAnswers extends InterlockError {}

/** How long a running Interlock may take to answer. */
const ANSWER_TIMEOUT_MS = 10_000;
const ANSWER_BYTES = 64 * 1024 * 1024;

/** One running Interlock, however it is reached. */
export interface AdminAccess {
  /** What GET `path` answers. */
  ask(path: string): Promise<unknown>;
  /** The same for POST with a body of JSON. */
  tell(path: string, body: unknown): Promise<unknown>;
}

/** Over the socket on this machine. */
export function socketAccess(socketPath: string): AdminAccess {
  return {
    ask: (path) => askAdmin(socketPath, path),
    tell: (path, body) => tellAdmin(socketPath, path, body),
  };
}

/** What GET `path` answers. Throws NobodyAnswers, or ADMIN_UNAVAILABLE with what was answered. */
export function askAdmin(
  socketPath: string,
  path: string,
  method: 'GET' | 'POST' = 'GET',
): Promise<unknown> {
  return exchange({ socketPath, path, method });
}

/** The same for POST with a body of JSON. */
export function tellAdmin(socketPath: string, path: string, body: unknown): Promise<unknown> {
  return exchange({ socketPath, path, method: 'POST', body: JSON.stringify(body) });
}

function exchange(how: {
  readonly socketPath: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly body?: string;
}): Promise<unknown> {
  const { socketPath, path, method, body } = how;
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const timeout = ANSWER_TIMEOUT_MS;
    const asked: ClientRequest = request({ socketPath, path, method, timeout, headers });
    asked.on('timeout', () => {
      asked.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MS / 1000} s`));
    });
    asked.on('error', (thrown) => reject(connectFailure(socketPath, thrown)));
    asked.on('response', (response) => {
      readAnswer(response, { where: socketPath, path }).then(resolve, (thrown: unknown) =>
        reject(thrown instanceof InterlockError ? thrown : connectFailure(socketPath, thrown)),
      );
    });
    asked.end(body);
  });
}

/** The value of an answer; ADMIN_UNAVAILABLE with what was answered instead. */
export async function readAnswer(
  response: IncomingMessage,
  { where, path }: { readonly where: string; readonly path: string },
): Promise<unknown> {
  const body = parse(await readBody(response));
  if (response.statusCode === 200 && body !== undefined && 'value' in body) return body.value;
  const told = body !== undefined && 'error' in body ? String(body.error) : 'no reason given';
  const text = `Interlock at ${where} refused ${path} (${response.statusCode}): ${told}.`;
  throw new InterlockError('ADMIN_UNAVAILABLE', text);
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const piece = Buffer.from(chunk);
    bytes += piece.length;
    if (bytes > ANSWER_BYTES) throw new Error(`the answer is longer than ${ANSWER_BYTES} bytes`);
    chunks.push(piece);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function connectFailure(socketPath: string, thrown: unknown): InterlockError {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  const options = { cause: thrown };
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    const text = `No Interlock answers at ${socketPath}. Start it with \`interlock run\`.`;
    return new NobodyAnswers('ADMIN_UNAVAILABLE', text, options);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const text = `This account may not use ${socketPath}. Run it as the account Interlock runs as.`;
    return new InterlockError('ADMIN_UNAVAILABLE', text, options);
  }
  const text = `Interlock at ${socketPath} could not be asked: ${messageOf(thrown)}.`;
  return new InterlockError('ADMIN_UNAVAILABLE', text, options);
}

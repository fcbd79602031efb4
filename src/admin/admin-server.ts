// The Unix socket for people on this machine: everything that shows topology or statements, or
// changes something. Only the account Interlock runs as may connect (mode 0600, from its first
// moment on). Its counterpart is client.ts.

import { chmod, lstat, mkdir, mkdtemp, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { dirname, join } from 'node:path';
import { type FastifyInstance, fastify } from 'fastify';
import { fileTroubleOf, InterlockError, messageOf } from '../errors.js';
import { objectionTo, requestFault } from './request-gate.js';

export interface AdminServerOptions {
  readonly socket: string;
  /** What GET answers by path, as JSON: `{ '/links': () => … }`. More routes are more entries. */
  readonly routes: Routes;
  /** What POST does by path, given the body's JSON; its answer as JSON. These change something. */
  readonly actions?: Readonly<Record<string, (body: unknown) => unknown>>;
  /** Paths whose bodies may be larger than a token, and how large. */
  readonly bodyBytes?: Readonly<Record<string, number>>;
}

export type Query = Readonly<Record<string, string | undefined>>;
export type Routes = Readonly<Record<string, (query: Query) => unknown>>;

/** Of what somebody posts; what is taken is seldom larger than a token. */
const BODY_BYTES = 16 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;

export interface AdminServer {
  readonly socket: string;
  close(): Promise<void>;
}

/** What the kernel takes: sun_path is 108 bytes with its NUL. */
const SOCKET_PATH_BYTES = 107;
const PROBE_TIMEOUT_MS = 1_000;

/** Listens, in place of a dead process's socket too; ADMIN_UNAVAILABLE if a live one answers. */
export async function createAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const { socket } = options;
  const app = fastify({
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
  });
  // Only its owner comes here, but a browser of theirs may, through a port that is forwarded to it.
  app.addHook('onRequest', async ({ raw }, reply) => {
    const objection = objectionTo(raw, () => false);
    if (objection === undefined) return;
    const { status, reason } = objection;
    return reply.code(status).header('connection', 'close').send({ error: reason });
  });
  for (const [path, answer] of Object.entries(options.routes)) {
    app.get<{ Querystring: Query }>(path, async ({ query }, reply) =>
      reply.send({ value: (await answer(query)) ?? null }),
    );
  }
  for (const [path, act] of Object.entries(options.actions ?? {})) {
    const bodyLimit = options.bodyBytes?.[path] ?? BODY_BYTES;
    app.post(path, { bodyLimit }, async ({ body }, reply) =>
      reply.send({ value: (await act(body)) ?? null }),
    );
  }
  app.setNotFoundHandler(async ({ method, url }, reply) =>
    reply.code(404).send({ error: `this Interlock knows no ${method} ${url}` }),
  );
  app.setErrorHandler(async (thrown, _, reply) =>
    reply.code(requestFault(thrown) ?? 500).send({ error: messageOf(thrown) }),
  );
  try {
    await refuseIfTaken(socket);
    const inode = await listenPrivately(app, socket);
    return { socket, close: () => close(app, socket, inode) };
  } catch (thrown) {
    await app.close();
    throw thrown instanceof InterlockError
      ? thrown
      : unavailable(socket, fileTroubleOf(thrown), thrown);
  }
}

async function refuseIfTaken(socket: string): Promise<void> {
  if (Buffer.byteLength(socket) > SOCKET_PATH_BYTES) {
    throw unavailable(socket, `the path is longer than ${SOCKET_PATH_BYTES} bytes`);
  }
  const stat = await lstat(socket).catch(() => undefined);
  if (stat === undefined) return;
  if (!stat.isSocket()) throw unavailable(socket, 'something that is no socket has this name');
  const answer = await whoAnswers(socket);
  if (answer === 'somebody') {
    throw unavailable(socket, 'another Interlock answers there; stop it');
  }
  if (answer !== 'nobody') throw unavailable(socket, answer);
}

/** ECONNREFUSED is the kernel's word that no process has the socket any more. */
function whoAnswers(socket: string): Promise<string> {
  return new Promise((resolve) => {
    const connection = createConnection(socket);
    const done = (answer: string) => {
      connection.destroy();
      resolve(answer);
    };
    connection.setTimeout(PROBE_TIMEOUT_MS, () => done('somebody'));
    connection.on('connect', () => done('somebody'));
    connection.on('error', (thrown: NodeJS.ErrnoException) =>
      done(thrown.code === 'ECONNREFUSED' || thrown.code === 'ENOENT' ? 'nobody' : thrown.message),
    );
  });
}

/**
 * Bound inside a folder nobody else can enter, made 0600 there, then moved to its name: at no
 * moment could another account connect, and a stale socket is replaced in one step.
 */
async function listenPrivately(app: FastifyInstance, socket: string): Promise<number> {
  await mkdir(dirname(socket), { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(dirname(socket), '.'));
  try {
    const draft = join(folder, 's');
    if (Buffer.byteLength(draft) > SOCKET_PATH_BYTES) {
      throw unavailable(socket, 'its folder has too long a path');
    }
    await app.listen({ path: draft });
    await chmod(draft, 0o600);
    const { ino } = await lstat(draft);
    await rename(draft, socket);
    await rmdir(folder);
    return ino;
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    throw thrown;
  }
}

/** Removes the name only while it is ours: a successor may have taken it. */
async function close(app: FastifyInstance, socket: string, inode: number): Promise<void> {
  await app.close();
  const stat = await lstat(socket).catch(() => undefined);
  if (stat?.ino === inode) await unlink(socket).catch(() => undefined);
}

function unavailable(socket: string, why: string, cause?: unknown): InterlockError {
  const text = `The admin socket ${socket} cannot be opened: ${why}. Or change admin.socket.`;
  return new InterlockError('ADMIN_UNAVAILABLE', text, { cause });
}

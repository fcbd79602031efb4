// Someone reseeds a server: the real client reads a dump from its standard input, which arrives
// over a line of limited speed, as from a backup host. Ctrl-C works as it does in a shell.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Program } from '../lab/program.js';

export interface Reseed {
  /** Presses Ctrl-C. */
  interrupt(): void;
  readonly ended: Promise<{ readonly exitCode: number | undefined; readonly said: string }>;
}

export interface ReseedOptions {
  readonly client: Program;
  readonly args: readonly string[];
  readonly dumpFile: string;
  /** How fast the dump arrives; unlimited if left out. */
  readonly bytesPerSecond?: number;
  /** How long the client may take to end after Ctrl-C before it is killed. */
  readonly patienceMs?: number;
}

const PIECE_BYTES = 4 * 1024;
/** What the clients do on Ctrl-C takes a connection of its own, and can get stuck on the way. */
const PATIENCE_MS = 5_000;

export function startReseed(options: ReseedOptions): Reseed {
  const { client, args, patienceMs = PATIENCE_MS } = options;
  const child = spawn(client.command, [...client.args, ...args], {
    env: client.env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const said: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => said.push(piece));
  child.stderr.on('data', (piece: Buffer) => said.push(piece));
  // A client that stops at an error closes its input early; its exit code says so.
  child.stdin.on('error', () => undefined);
  const stop = new AbortController();
  const feeding = feed(child.stdin, options, stop.signal);
  const ended = new Promise<{ exitCode: number | undefined; said: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ exitCode: code ?? undefined, said: Buffer.concat(said).toString() });
    });
  });
  feeding.catch(() => child.kill('SIGKILL'));
  const interrupt = (): void => {
    // Ctrl-C goes to the whole pipeline: the one that sends the dump, and the client.
    stop.abort();
    child.kill('SIGINT');
    child.stdin.destroy();
    const killing = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    child.on('close', () => clearTimeout(killing));
  };
  return { interrupt, ended };
}

async function feed(
  input: NodeJS.WritableStream & { readonly destroyed: boolean },
  { dumpFile, bytesPerSecond }: ReseedOptions,
  stop: AbortSignal,
): Promise<void> {
  const dump = await readFile(dumpFile);
  if (bytesPerSecond === undefined) {
    input.end(dump);
    return;
  }
  const pauseMs = (PIECE_BYTES / bytesPerSecond) * 1000;
  for (let at = 0; at < dump.length && !stop.aborted && !input.destroyed; at += PIECE_BYTES) {
    input.write(dump.subarray(at, at + PIECE_BYTES));
    await sleep(pauseMs);
  }
  if (!stop.aborted) input.end();
}

// A program and how to run it to its end: what it wrote, or one line that says why it failed.
// Never through a shell. Servers, which run on, are server.ts's.
import { spawn } from 'node:child_process';
import { InterlockError } from '../errors.js';

/** An absolute command with what must stand before the caller's own arguments. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface RunOptions {
  readonly input?: string;
  readonly cwd?: string;
  readonly deadlineMs?: number;
  /** Each line the program writes to its standard output or error, as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
}

const DEFAULT_DEADLINE_MS = 600_000;
const QUOTED_CHARACTERS = 400;

/** Runs to the end; a non-zero exit, a signal or the deadline is LAB_FAILED. */
export function run(
  program: Program,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const { promise, resolve, reject } = withResolvers<RunResult>();
  const child = spawn(program.command, [...program.args, ...args], {
    env: program.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stdout = collect(child.stdout, options.onLine);
  const stderr = collect(child.stderr, options.onLine);
  const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, deadlineMs);
  child.on('error', (cause) => {
    clearTimeout(timer);
    reject(new InterlockError('LAB_FAILED', `cannot run ${program.command}`, { cause }));
  });
  child.on('close', (code, signal) => {
    clearTimeout(timer);
    if (code === 0) return resolve({ stdout: stdout(), stderr: stderr() });
    const how = late ? `took longer than ${deadlineMs} ms` : `ended with ${signal ?? code}`;
    const said = lastWords(stderr() || stdout());
    const name = [program.command, ...program.args.slice(-1), ...args.slice(0, 2)].join(' ');
    reject(new InterlockError('LAB_FAILED', `${name} ${how}: ${said}`));
  });
  // A program that ends without reading its input is judged by its exit, not by the broken pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  return promise;
}

/** The end of what a program said, on one line, short enough to quote. */
export function lastWords(text: string): string {
  const line = text
    .trim()
    .split(/\s*\n\s*/)
    .slice(-4)
    .join(' | ');
  if (line === '') return 'it said nothing';
  return line.length > QUOTED_CHARACTERS ? `…${line.slice(-QUOTED_CHARACTERS)}` : line;
}

function collect(
  stream: NodeJS.ReadableStream,
  onLine: ((line: string) => void) | undefined,
): () => string {
  let text = '';
  let told = 0;
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text += chunk;
    if (onLine === undefined) return;
    for (let end = text.indexOf('\n', told); end >= 0; end = text.indexOf('\n', told)) {
      onLine(text.slice(told, end));
      told = end + 1;
    }
  });
  return () => text;
}

interface Resolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

/** Promise.withResolvers, which Node 20 does not have. */
function withResolvers<T>(): Resolvers<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

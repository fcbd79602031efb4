#!/usr/bin/env node
// Where the process begins and ends: arguments, environment, signals, exit code. The only file
// outside the lab that touches `process`.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { runProgram } from './cli/program.js';
import type { Terminal } from './cli/terminal.js';

const manifest: unknown = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

const stopRequested = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(signal));
  });

/** The pipe to the process that forked this one. */
function primaryChannel(): Pick<Terminal, 'primary'> {
  if (process.send === undefined) return {};
  return {
    primary: {
      send: (message) => {
        if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
      },
      onMessage: (callback) => void process.on('message', callback),
      onGone: (callback) => void process.on('disconnect', callback),
      close: () => {
        if (process.connected) process.disconnect();
      },
    },
  };
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return await new Promise((resolve) => {
    lines.once('close', () => resolve(''));
    lines.question(question, (answer) => {
      resolve(answer);
      lines.close();
    });
  });
}

/** Nothing of the answer is shown. */
async function askSecret(question: string): Promise<string> {
  process.stderr.write(question);
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = process.stdin.isTTY === true;
  const lines = createInterface({ input: process.stdin, output, terminal });
  return await new Promise((resolve) => {
    lines.once('close', () => resolve(''));
    lines.question('', (answer) => {
      process.stderr.write('\n');
      resolve(answer);
      lines.close();
    });
  });
}

/** How long what is still open may keep a process that has finished. */
const LINGER_MS = 3_000;

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  env: process.env,
  pid: process.pid,
  color: process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '',
  width: process.stdout.columns ?? 100,
  ...(process.stdout.isTTY === true
    ? { screen: { rows: () => process.stdout.rows, columns: () => process.stdout.columns } }
    : {}),
  stopRequested,
  onReload: (callback) => void process.on('SIGHUP', callback),
  ask,
  askSecret,
  isRoot: process.getuid?.() === 0,
  ...primaryChannel(),
};

// A reader that has gone (`interlock links | head`) is no reason for a stack trace.
process.stdout.on('error', () => process.exit(0));

process.exitCode = await runProgram(process.argv.slice(2), terminal, versionOf(manifest));
// All is done and said. A connection that a dead peer holds open is no reason to stay.
setTimeout(() => process.exit(), LINGER_MS).unref();

function versionOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'version' in value) {
    return String(value.version);
  }
  return 'unknown';
}

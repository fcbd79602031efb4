// A child process for tests: what it wrote so far, and its end, which never is waited for in vain.
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const EXIT_DEADLINE_MS = 60_000;

export async function exitOf(child: ChildProcess): Promise<number | null> {
  const deadline = performance.now() + EXIT_DEADLINE_MS;
  while (child.exitCode === null && child.signalCode === null) {
    if (performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`it did not end within ${EXIT_DEADLINE_MS} ms`);
    }
    await sleep(10);
  }
  return child.exitCode;
}

export function textOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

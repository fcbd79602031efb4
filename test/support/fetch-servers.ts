// Runs once before the tests that need real servers: fetches all three lines and sysbench, so that no test's
// time limit pays for a download. What fails here is told; the tests of that line then fail.
import { stderr } from 'node:process';
import { messageOf } from '../../src/errors.js';
import { fetchServer, fetchTool } from '../../src/lab/fetch.js';
import { SERVER_LINES } from '../../src/lab/lines.js';
import { surroundings } from '../../src/lab/surroundings.js';

export async function setup(): Promise<void> {
  const report = (line: string): void => {
    stderr.write(`${line}\n`);
  };
  const options = { surroundings: surroundings(), report };
  const told = (cause: unknown): void => report(messageOf(cause));
  for (const line of SERVER_LINES) await fetchServer(line, options).catch(told);
  await fetchTool('sysbench', options).catch(told);
}

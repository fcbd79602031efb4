// Runs once before the tests that need real servers: fetches all three lines and the clients, so
// that no test's time limit pays for a download. What fails here is told; the tests of that line then fail.
import { stderr } from 'node:process';
import { messageOf } from '../../src/errors.js';
import { fetchServer, fetchTools } from '../../src/lab/fetch.js';
import { SERVER_LINES, TOOL_NAMES } from '../../src/lab/lines.js';
import { surroundings } from '../../src/lab/surroundings.js';

/** MySQL's own suite is 340 MB and runs by `npm run conformance` only. */
const TOOLS = TOOL_NAMES.filter((name) => name !== 'mysql-test');

export async function setup(): Promise<void> {
  const report = (line: string): void => {
    stderr.write(`${line}\n`);
  };
  const options = { surroundings: surroundings(), report };
  const told = (cause: unknown): void => report(messageOf(cause));
  for (const line of SERVER_LINES) await fetchServer(line, options).catch(told);
  for (const tool of TOOLS) await fetchTools(tool, options).catch(told);
}

// Interlock as it ships, with one thing more: SIGUSR2 collects its garbage, so that memory can be
// compared. The program to run is named by BENCH_MAIN.

import process, { env } from 'node:process';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');
process.on('SIGUSR2', () => {
  if (typeof collect === 'function') collect();
});
await import(pathToFileURL(env.BENCH_MAIN ?? '').href);

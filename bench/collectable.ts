// Interlock as it ships, with one thing more: SIGUSR2 collects its garbage, so that memory can be
// compared. The program to run is named by BENCH_MAIN.
import { env } from 'node:process';
import { pathToFileURL } from 'node:url';
import { collectOnSignal } from './collect.js';

collectOnSignal();
await import(pathToFileURL(env.BENCH_MAIN ?? '').href);

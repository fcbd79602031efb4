// Runs one benchmark by name: `npm run bench -- throughput --rounds 25`.
import { resolve } from 'node:path';
import { argv, env, exit, stderr } from 'node:process';
import { fileURLToPath } from 'node:url';

const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = {
  throughput: async () => (await import('./throughput.js')).throughput(),
  bulk: async () => (await import('./bulk.js')).bulk(),
  memory: async () => {
    // Before anything reads which program is meant: here it is one that collects when told to.
    env.BENCH_MAIN = resolve(env.INTERLOCK_MAIN ?? 'dist/main.js');
    env.INTERLOCK_MAIN = fileURLToPath(new URL('./collectable.js', import.meta.url));
    await (await import('./memory.js')).memory();
  },
  logins: async () => (await import('./logins.js')).logins(),
  rules: async () => (await import('./rules.js')).rules(),
  reading: async () => (await import('./reading.js')).reading(),
  judging: async () => (await import('./judging.js')).judging(),
};

const benchmark = BENCHMARKS[argv[2] ?? ''];
if (benchmark === undefined) {
  stderr.write(`npm run bench -- NAME, one of: ${Object.keys(BENCHMARKS).join(', ')}\n`);
  exit(2);
}
await benchmark();
exit(0);

// Runs one benchmark by name: `npm run bench -- throughput --rounds 25`.
import { argv, exit, stderr } from 'node:process';
import { throughput } from './throughput.js';

const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = { throughput };

const benchmark = BENCHMARKS[argv[2] ?? ''];
if (benchmark === undefined) {
  stderr.write(`npm run bench -- NAME, one of: ${Object.keys(BENCHMARKS).join(', ')}\n`);
  exit(2);
}
await benchmark();
exit(0);

// The sink in a process of its own, so that tests can kill it or limit its file size: the sources
// are compiled once into a temporary folder, with a driver that appends until it dies.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TSC = join(import.meta.dirname, '../../node_modules/.bin/tsc');
const SOURCES = join(import.meta.dirname, '../../src');

// Appends numbered records from ten writers; prints the number of each once it is acknowledged.
const DRIVER = `
import { writeSync } from 'node:fs';
import { AuditSink } from './audit/sink.js';
const [file, kind, padding] = process.argv.slice(2);
const sink = await AuditSink.open({ file, pid: process.pid });
writeSync(1, 'open ' + sink.tornBytes + '\\n');
let next = 0;
async function writer() {
  for (;;) {
    const number = next++;
    try {
      await sink.append({ number, padding: 'x'.repeat(Number(padding)) });
      writeSync(1, 'kept ' + number + '\\n');
    } catch (error) {
      writeSync(1, 'lost ' + number + ' ' + error.message + '\\n');
      if (kind === 'until-refused') process.exit(0);
    }
  }
}
if (kind === 'hold') setInterval(() => {}, 1000);
else await Promise.all(Array.from({ length: 10 }, writer));
`;

/** Compiles sink and driver; the path of the driver and the folder to remove. */
export function buildSinkDriver(): { readonly folder: string; readonly driver: string } {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-sink-'));
  const flags = ['--ignoreConfig', '--module', 'nodenext', '--target', 'es2023', '--noCheck'];
  const target = ['--outDir', folder, '--rootDir', SOURCES, join(SOURCES, 'audit/sink.ts')];
  execFileSync(TSC, [...flags, '--types', 'node', ...target]);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'driver.js'), DRIVER);
  return { folder, driver: join(folder, 'driver.js') };
}

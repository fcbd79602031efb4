// The embedded store in processes of its own, so that several can race: the sources are compiled
// once into a temporary folder, with a driver that takes what uses it can get.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const TSC = join(ROOT, 'node_modules/.bin/tsc');
const SOURCES = join(ROOT, 'src');

// Waits for the starting line, so that slow starts do not decide who wins; prints what it got.
const DRIVER = `
import { EmbeddedStore } from './approval/embedded-store.js';
const [file, name, nowMs] = process.argv.slice(2);
const store = new EmbeddedStore(file);
await store.find('A1');
process.stdout.write('ready\\n');
process.stdin.once('data', async () => {
  let won = 0;
  for (let n = 0; n < 5; n += 1) {
    const taken = await store.consume('A1', { recordId: name + n, usedMs: Number(nowMs) });
    if (taken.kind === 'consumed') won += 1;
  }
  process.stdout.write('won ' + won + '\\n', () => process.exit(0));
});
`;

/** Compiles store and driver; the path of the driver and the folder to remove. */
export function buildStoreDriver(): { readonly folder: string; readonly driver: string } {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-store-'));
  const flags = ['--ignoreConfig', '--module', 'nodenext', '--target', 'es2023', '--noCheck'];
  const entry = join(SOURCES, 'approval/embedded-store.ts');
  const target = ['--outDir', folder, '--rootDir', SOURCES, entry];
  execFileSync(TSC, [...flags, '--types', 'node', ...target]);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'driver.js'), DRIVER);
  return { folder, driver: join(folder, 'driver.js') };
}

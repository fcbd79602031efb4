// A configuration of two guarded servers, as loading it gives.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load.js';

const TEXT = `
servers:
  db1: { address: 10.0.0.1:3306, listen: 127.0.0.1:3307 }
  db2: { address: 10.0.0.2:3306, listen: 127.0.0.1:3308 }
monitor: { user: interlock, passwordEnv: NOT_READ }
`;

export function loadedConfig(): Config {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-doctor-'));
  try {
    const file = join(folder, 'interlock.yaml');
    writeFileSync(file, TEXT);
    const loaded = loadConfig(file);
    if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors));
    return loaded.value;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

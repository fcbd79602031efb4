// The demo's own reading of what Interlock wrote down: it must be able to find it wanting.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Claims } from '../../src/demo/claims.js';
import { showEvidence } from '../../src/demo/evidence.js';
import { createScript } from '../../src/demo/script.js';

const COUNTED =
  'interlock_decisions_total{server="db2",rule="no-drop-while-linked",verdict="require-approval",mode="enforce"} 2\n';

let folder: string;
let metrics: Server;
let exposed = '';
let port: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlock-evidence-'));
  exposed = COUNTED;
  metrics = createServer((_request, response) => response.end(exposed));
  port = await new Promise<number>((listening, failed) => {
    metrics.listen(0, '127.0.0.1', () => {
      const address = metrics.address();
      if (address === null || typeof address === 'string') failed(new Error('no port'));
      else listening(address.port);
    });
  });
});
afterEach(async () => {
  metrics.closeAllConnections();
  await new Promise((closed) => metrics.close(closed));
  await rm(folder, { recursive: true });
});

function record(verdict: string, effect: string): string {
  return JSON.stringify({
    kind: 'decision',
    id: 'R0000000001',
    time: '2026-01-01T22:30:00.000Z',
    verdict,
    rule: 'no-drop-while-linked',
    statement: 'DROP DATABASE shop',
    effects: [{ effect }],
  });
}

async function evidenceOf(lines: readonly string[]) {
  const auditFile = join(folder, 'audit.jsonl');
  await writeFile(auditFile, lines.map((line) => `${line}\n`).join(''));
  let said = '';
  const script = createScript((text) => (said += text), false, 100);
  const claims = new Claims(script);
  await showEvidence({ stage: { auditFile, ports: { metrics: port } }, script, claims });
  return { claims, said };
}

const REFUSED = record('require-approval', 'drop-database');
const PERMITTED = record('permit', 'drop-table');
const OUTCOME = JSON.stringify({ kind: 'outcome', id: 'R0000000001', outcome: 'ok' });

describe('the demo’s evidence', () => {
  it('holds when both refusals, the drops and the counts are there', async () => {
    const { claims, said } = await evidenceOf([REFUSED, REFUSED, PERMITTED, OUTCOME]);
    expect(claims.allHold).toBe(true);
    expect(said).toContain('22:30:00.000');
    expect(said).toContain('interlock_decisions_total{server="db2"');
  });

  it('does not hold when a refusal was not recorded', async () => {
    const { claims } = await evidenceOf([REFUSED, PERMITTED]);
    expect(claims.allHold).toBe(false);
  });

  it('does not hold when the drops of the reseed were not recorded', async () => {
    const { claims } = await evidenceOf([REFUSED, REFUSED, record('permit', 'unlog')]);
    expect(claims.allHold).toBe(false);
  });

  it('does not hold when the metrics count nothing', async () => {
    exposed = COUNTED.replace(/2\n$/, '0\n');
    const { claims } = await evidenceOf([REFUSED, REFUSED, PERMITTED]);
    expect(claims.allHold).toBe(false);
  });
});

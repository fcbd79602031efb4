// What tests on real servers share: a lab a test file, closed after it whatever happened, and the
// same facts stated on every line of servers. A line that cannot be fetched fails its tests.
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { Lab } from '../../src/lab/lab.js';
import { SERVER_LINES, type ServerLine } from '../../src/lab/lines.js';
import { replicate } from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';

/** States the same facts on MariaDB 10.11, MySQL 9 and MySQL 5.6. */
export function describeOnEveryLine(name: string, facts: (line: ServerLine) => void): void {
  describe.each(SERVER_LINES)(`${name} on %s`, (line) => facts(line));
}

export interface LabPlan {
  readonly line: ServerLine;
  readonly servers: readonly string[];
  /** Links as [consumer, source]; two servers that replicate from each other are two links. */
  readonly links?: readonly (readonly [string, string])[];
  readonly options?: readonly string[];
  readonly gtid?: boolean;
}

export interface Stage {
  readonly lab: () => Lab;
  server(name: string): LabServer;
}

/** A lab with these servers and links, for the tests of this block. */
export function labWith(plan: LabPlan): Stage {
  return labFor((lab) => startPlanned(lab, plan));
}

/** Opens a lab before the tests of this block, fills it, and closes it after them. */
export function labFor(fill: (lab: Lab) => Promise<unknown>): Stage {
  let lab: Lab | undefined;
  const opened = (): Lab => {
    if (lab === undefined) throw new Error('the lab is open only while tests run');
    return lab;
  };
  let failure: unknown;
  beforeAll(async () => {
    lab = await Lab.open();
    await fill(lab).catch((cause: unknown) => {
      failure = cause;
    });
  });
  // Thrown from beforeAll it would count the tests as skipped; so each of them fails with it.
  beforeEach(() => {
    if (failure !== undefined) throw failure;
  });
  afterAll(() => lab?.close());
  return { lab: opened, server: (name) => opened().server(name) };
}

/** Starts the planned servers side by side, then links them. */
export async function startPlanned(lab: Lab, plan: LabPlan): Promise<void> {
  const { line, options = [], gtid = true } = plan;
  await Promise.all(plan.servers.map((name) => lab.start({ line, name, options, gtid })));
  for (const [consumer, source] of plan.links ?? []) {
    await replicate({ consumer: lab.server(consumer), source: lab.server(source), gtid });
  }
}

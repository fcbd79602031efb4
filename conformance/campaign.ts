// Examines many tests on a few stands side by side. A stand on which something broke is replaced,
// so that one test's wreckage is never another one's difference.
import { messageOf } from '../src/errors.js';
import type { FetchOptions } from '../src/lab/fetch.js';
import type { Edition } from './edition.js';
import { examine, type Finding } from './examine.js';
import { openStand, type Stand } from './stand.js';
import type { SuiteTest } from './suite.js';

export interface Campaign {
  readonly edition: Edition;
  readonly tests: readonly SuiteTest[];
  readonly fetch: FetchOptions;
  readonly workers: number;
  readonly deadlineMs: number;
  /** Asked before each test; once it says no, the rest is left for another run. */
  mayBegin(): boolean;
  onFinding(test: SuiteTest, finding: Finding): void;
}

export async function examineAll(campaign: Campaign): Promise<void> {
  // Tests that want the same flags stand together: each change of flags is a restart.
  const queue = [...campaign.tests].sort((a, b) => compareText(flagsOf(a), flagsOf(b)));
  await Promise.all(Array.from({ length: campaign.workers }, () => work(campaign, queue)));
}

async function work(campaign: Campaign, queue: SuiteTest[]): Promise<void> {
  const place = new Place(campaign);
  try {
    while (campaign.mayBegin()) {
      const test = queue.shift();
      if (test === undefined) break;
      campaign.onFinding(test, await findingOf(test, place, campaign));
    }
  } finally {
    await place.leave();
  }
}

async function findingOf(test: SuiteTest, place: Place, campaign: Campaign): Promise<Finding> {
  const { edition, deadlineMs } = campaign;
  const { surroundings } = campaign.fetch;
  // Where no server can be had at all, there is nothing to find out: that ends the campaign.
  await place.open();
  try {
    const stand = await place.fit(test);
    const finding = await examine(test, { edition, stand, surroundings, deadlineMs });
    if (!LEAVES_NO_DOUBT.includes(finding.kind)) await place.leave();
    return finding;
  } catch (thrown) {
    await place.leave();
    return { kind: 'fails', why: `the server did not stand it: ${messageOf(thrown)}` };
  }
}

const LEAVES_NO_DOUBT: readonly Finding['kind'][] = ['same', 'skipped', 'fails'];

/** The stand of one worker: kept from test to test as long as it can be put back in order. */
class Place {
  readonly #campaign: Campaign;
  #stand: Stand | undefined;
  #flags = '';

  constructor(campaign: Campaign) {
    this.#campaign = campaign;
  }

  async open(): Promise<Stand> {
    await this.#stand?.baseline.restore().catch(() => this.leave());
    this.#stand ??= await openStand(this.#campaign.edition, this.#campaign.fetch);
    return this.#stand;
  }

  async fit(test: SuiteTest): Promise<Stand> {
    const stand = this.#stand ?? (await this.open());
    if (this.#flags === flagsOf(test)) return stand;
    this.#flags = flagsOf(test);
    await stand.restart(test.serverOptions);
    await stand.baseline.takeVariables();
    return stand;
  }

  async leave(): Promise<void> {
    const stand = this.#stand;
    this.#stand = undefined;
    this.#flags = '';
    await stand?.close();
  }
}

function flagsOf(test: SuiteTest): string {
  return test.serverOptions.join(' ');
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

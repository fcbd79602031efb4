// Bytes that nobody means well, at every packet parser and at whole sessions: no crash, no hang,
// no forward. Bounded here; `npm run fuzz` goes on for as many inputs as it is told.
// INTERLOCK_FUZZ_INPUTS, INTERLOCK_FUZZ_SEED; a failure names the seed and the input.
import { performance } from 'node:perf_hooks';
import { env, stdout } from 'node:process';
import { afterAll, describe, expect, it } from 'vitest';
import { play } from './attack.js';
import { dialogue, inPieces } from './dialogue.js';
import { Dice } from './dice.js';
import { mutated } from './mutation.js';
import { isMalformed, PARSERS } from './parsers.js';

const IN_CI = 20_000;
const inputs = Number(env.INTERLOCK_FUZZ_INPUTS ?? IN_CI);
const seed = Number(env.INTERLOCK_FUZZ_SEED ?? 1);
/** A third goes to whole sessions, the rest to the parsers alike. */
const forSessions = Math.ceil(inputs / 3);
const forEachParser = Math.ceil((inputs - forSessions) / PARSERS.length);
/** For all inputs of one target, on a machine that has much else to do. */
const DEADLINE_MS = Math.max(600_000, inputs * 6);
/** Far more than any takes; what hangs takes for ever. */
const SLOWEST_MS = 10_000;

let done = 0;
afterAll(() => {
  if (env.INTERLOCK_FUZZ_INPUTS !== undefined) {
    stdout.write(`\n${done} inputs tried, from seed ${seed}\n`);
  }
});

/** Tries inputs one after the other; what one throws is told with how to have it again. */
function tryAll(count: number, place: number, attempt: (dice: Dice) => string): void {
  for (let input = 0; input < count; input += 1) {
    const startedMs = performance.now();
    let tried = '';
    try {
      tried = attempt(new Dice(seed * 1_000 + place, input));
    } catch (thrown) {
      const why = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
      throw new Error(`seed ${seed}, input ${input}: ${why}`, { cause: thrown });
    }
    const tookMs = performance.now() - startedMs;
    if (tookMs > SLOWEST_MS)
      throw new Error(`seed ${seed}, input ${input}: ${tookMs} ms: ${tried}`);
    done += 1;
  }
}

describe('bytes that nobody means well', () => {
  it.each(PARSERS.map((parser, place) => ({ ...parser, place })))(
    '$name: read or malformed, nothing else',
    ({ seeds, read, place }) => {
      let malformed = 0;
      let good = 0;
      tryAll(forEachParser, place, (dice) => {
        const input = mutated(seeds, dice);
        try {
          read(input, dice);
          good += 1;
        } catch (thrown) {
          if (!isMalformed(thrown)) {
            throw new Error(`${input.toString('hex')}: ${String(thrown)}`, { cause: thrown });
          }
          malformed += 1;
        }
        return input.toString('hex');
      });
      // Inputs that are all of one kind try nothing.
      expect(good).toBeGreaterThan(0);
      expect(good + malformed).toBe(forEachParser);
    },
    DEADLINE_MS,
  );

  it(
    'a session neither fails nor lets pass what was not permitted',
    () => {
      let forwarded = 0;
      let asked = 0;
      tryAll(forSessions, PARSERS.length, (dice) => {
        const whole = dialogue(dice);
        const played = play(whole);
        if (played.toServer.length > 0) forwarded += 1;
        asked += played.questions;
        play({ ...whole, events: inPieces(whole.events, ['client', 'server'], dice) });
        const cut = play({ ...whole, events: inPieces(whole.events, ['client'], dice) });
        if (!played.hadTls) expect(cut).toEqual(played);
        return 'a session';
      });
      expect(forwarded).toBeGreaterThan(forSessions / 4);
      expect(asked).toBeGreaterThan(forSessions / 20);
    },
    DEADLINE_MS,
  );
});

// Attacks made at random, with the server as the judge: what destroys the victim may be called
// harmless neither with all that is known of the session nor with nothing. Always the same few here;
// `npm run adversary` takes the minutes a line it is given. The seed makes the same attacks again.
import { env, stdout } from 'node:process';
import { expect, it } from 'vitest';
import { Catalog } from '../../src/catalog/catalog.js';
import { openCatalogConnection } from '../../src/catalog/catalog-connection.js';
import { systemClock } from '../../src/clock.js';
import { messageOf } from '../../src/errors.js';
import { type Dialect, versionNumber } from '../../src/sql/dialect.js';
import { readText } from '../../src/sql/statement-facts.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { AdversaryJudge } from './adversary-judge.js';
import { type Attack, attack, Dice } from './adversary-texts.js';

const MINUTES = Number(env.INTERLOCK_ADVERSARY_MINUTES ?? 0);
/** Where no minutes are given: as many attacks, however fast the machine is. */
const ATTACKS = 1_500;
const ATTACKS_DEADLINE_MS = 240_000;
const DEADLINE_MS = MINUTES > 0 ? MINUTES * 60_000 : ATTACKS_DEADLINE_MS;
const SEED = Number(env.INTERLOCK_ADVERSARY_SEED ?? 1);
/** Of what is called guarded either way, this many in a hundred are run, to see that attacks work. */
const SEEN_TO_WORK = Number(env.INTERLOCK_ADVERSARY_SAMPLE ?? 100);
const ENOUGH = 20;
const OPTIONS = ['--event-scheduler=OFF', '--sync-binlog=0', '--innodb-flush-log-at-trx-commit=0'];

describeOnEveryLine('the reader against an adversary', (line) => {
  const { server } = labWith({ line, servers: ['judge'], options: OPTIONS, gtid: false });

  it(
    'calls nothing harmless that then destroyed the victim',
    async () => {
      const { version, port } = server('judge');
      const flavour = line.startsWith('mariadb') ? 'mariadb' : 'mysql';
      let judge = await AdversaryJudge.open(port);
      /** Some statements end a server: with a new one on the same data it goes on. */
      const judged = async (made: Attack): Promise<boolean | 'crashed'> => {
        try {
          return await judge.destroys(made);
        } catch (cause) {
          await expect
            .poll(() => server('judge').running, { message: JSON.stringify(made) })
            .toBe(false);
          stdout.write(`the server crashed: ${JSON.stringify(made)} (${messageOf(cause)})\n`);
          judge.close();
          await server('judge').restart(OPTIONS);
          judge = await AdversaryJudge.open(port);
          return 'crashed';
        }
      };
      const dialect = { flavour, version: versionNumber(version) ?? 0 } as const;
      const reader = await readerAt(port, dialect);
      const modeOf = (sqlMode: string) => judge.modeOf(sqlMode);
      const { missed, ...counts } = await attacked({ judged, modeOf }, reader.isGuarded);
      judge.close();
      reader.close();
      stdout.write(`${JSON.stringify({ line, seed: SEED, ...counts, missed: missed.length })}\n`);
      expect(missed).toEqual([]);
      expect(counts.destroyed).toBeGreaterThan(ENOUGH);
    },
    DEADLINE_MS + 60_000,
  );
});

type IsGuarded = (made: Attack, sqlMode: string) => Promise<boolean>;

interface Judging {
  judged(made: Attack): Promise<boolean | 'crashed'>;
  modeOf(sqlMode: string): Promise<string | undefined>;
}

async function attacked({ judged, modeOf }: Judging, isGuarded: IsGuarded) {
  const [dice, sample] = [new Dice(SEED), new Dice(SEED + 1)];
  const deadlineMs = performance.now() + DEADLINE_MS;
  const found = { made: 0, run: 0, destroyed: 0, crashed: 0, missed: [] as string[] };
  const isDone = () => MINUTES === 0 && found.made >= ATTACKS;
  while (performance.now() < deadlineMs && !isDone()) {
    const made = attack(dice);
    const sqlMode = await modeOf(made.sqlMode);
    if (sqlMode === undefined) continue;
    found.made += 1;
    const guarded = await isGuarded(made, sqlMode);
    if (guarded && !sample.chance(SEEN_TO_WORK)) continue;
    found.run += 1;
    const isDestroyed = await judged(made);
    if (isDestroyed === 'crashed') found.crashed += 1;
    if (isDestroyed !== true) continue;
    found.destroyed += 1;
    // Done again alone: one that ran on after its time would be laid at the next one's door.
    if (!guarded && (await judged(made)) === true) found.missed.push(JSON.stringify(made));
  }
  return found;
}

/** Guarded with all that is known of the session, CALLs followed, and with nothing known of it. */
async function readerAt(port: number, dialect: Dialect) {
  const catalog = catalogOf(port, dialect);
  await catalog.list();
  const firing = catalog.firing === undefined ? {} : { firing: catalog.firing };
  const isGuarded: IsGuarded = async ({ sql, charset }, sqlMode) => {
    const text = Buffer.from(sql, 'latin1');
    if (readText(text, { ...firing }).effects.length === 0) return false;
    const known = readText(text, { dialect, sqlMode, charset, database: 'play', ...firing });
    return (await catalog.known(known.effects, 'play')).effects.length > 0;
  };
  return { isGuarded, close: () => catalog.stop() };
}

function catalogOf(port: number, dialect: Dialect): Catalog {
  const tls = { verify: 'none' } as const;
  const target = { server: 'judge', host: '127.0.0.1', port, user: 'root', password: '', tls };
  return new Catalog({
    server: 'judge',
    clock: systemClock,
    open: () => openCatalogConnection({ ...target, connectTimeoutMs: 60_000 }, 60_000),
    dialect: () => dialect,
    deadlineMs: 60_000,
    onFiring: () => undefined,
    warn: (message) => stdout.write(`${message}\n`),
  });
}

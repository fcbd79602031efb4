// Attacks made at random, with the server as the judge: what destroys the victim may be called
// harmless neither with all that is known of the session nor with nothing. Bounded here;
// `npm run adversary` takes the minutes a line it is given. The seed makes the same attacks again.
import { env, stdout } from 'node:process';
import { expect, it } from 'vitest';
import { Catalog } from '../../src/catalog/catalog.js';
import { openCatalogConnection } from '../../src/catalog/catalog-connection.js';
import { systemClock } from '../../src/clock.js';
import { type Dialect, versionNumber } from '../../src/sql/dialect.js';
import { readText } from '../../src/sql/statement-facts.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { AdversaryJudge } from './adversary-judge.js';
import { type Attack, attack, Dice } from './adversary-texts.js';

const MINUTES = Number(env.INTERLOCK_ADVERSARY_MINUTES ?? 0.2);
const SEED = Number(env.INTERLOCK_ADVERSARY_SEED ?? 1);
/** Of what is called guarded either way, this many in a hundred are run, to see that attacks work. */
const SEEN_TO_WORK = Number(env.INTERLOCK_ADVERSARY_SAMPLE ?? 100);
const ENOUGH = 20;
const LONGER_MS = 240_000;
const OPTIONS = ['--event-scheduler=OFF', '--sync-binlog=0', '--innodb-flush-log-at-trx-commit=0'];

describeOnEveryLine('the reader against an adversary', (line) => {
  const { server } = labWith({ line, servers: ['judge'], options: OPTIONS, gtid: false });

  it(
    'calls nothing harmless that then destroyed the victim',
    async () => {
      const { version, port } = server('judge');
      const flavour = line.startsWith('mariadb') ? 'mariadb' : 'mysql';
      const judge = await AdversaryJudge.open(port);
      const dialect = { flavour, version: versionNumber(version) ?? 0 } as const;
      const reader = await readerAt(port, dialect);
      const { missed, ...counts } = await attacked(judge, reader.isGuarded);
      judge.close();
      reader.close();
      stdout.write(`${JSON.stringify({ line, seed: SEED, ...counts, missed: missed.length })}\n`);
      expect(missed).toEqual([]);
      expect(counts.destroyed).toBeGreaterThan(ENOUGH);
    },
    MINUTES * 60_000 + LONGER_MS + 60_000,
  );
});

type IsGuarded = (made: Attack, sqlMode: string) => Promise<boolean>;

async function attacked(judge: AdversaryJudge, isGuarded: IsGuarded) {
  const [dice, sample] = [new Dice(SEED), new Dice(SEED + 1)];
  const deadlineMs = performance.now() + MINUTES * 60_000;
  const found = { made: 0, run: 0, destroyed: 0, missed: [] as string[] };
  // On a busy machine it goes on until it has shown something.
  const isEnough = (now: number) => found.destroyed > ENOUGH || now > deadlineMs + LONGER_MS;
  for (let now = 0; now < deadlineMs || !isEnough(now); now = performance.now()) {
    const made = attack(dice);
    const sqlMode = await judge.modeOf(made.sqlMode);
    if (sqlMode === undefined) continue;
    found.made += 1;
    const guarded = await isGuarded(made, sqlMode);
    if (guarded && !sample.chance(SEEN_TO_WORK)) continue;
    found.run += 1;
    const isDestroyed = await judge.destroys(made).catch((cause: unknown) => {
      throw new Error(`nobody can judge ${JSON.stringify(made)}`, { cause });
    });
    if (!isDestroyed) continue;
    found.destroyed += 1;
    // Done again alone: one that ran on after its time would be laid at the next one's door.
    if (!guarded && (await judge.destroys(made))) found.missed.push(JSON.stringify(made));
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

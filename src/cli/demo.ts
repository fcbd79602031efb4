// `interlock demo`: the outage of 2016 on real servers, once without Interlock and once with it.
// Fails (exit code 1) when any claim it makes does not hold.
import { readFile } from 'node:fs/promises';
import { actSevered, actStopped, actWith, actWithout } from '../demo/acts.js';
import { Claims } from '../demo/claims.js';
import { showEvidence } from '../demo/evidence.js';
import { createScript, type Script } from '../demo/script.js';
import { DBA, ownRulesFile, type Stage, setStage } from '../demo/stage.js';
import { messageOf } from '../errors.js';
import { Lab } from '../lab/lab.js';
import { EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

export interface DemoOptions {
  readonly keep: boolean;
  readonly json: boolean;
  readonly version: string;
  readonly pid: number;
}

export async function demoCommand(options: DemoOptions, terminal: Terminal): Promise<ExitCode> {
  // With --json only the checked claims go to standard output.
  const out = options.json ? terminal.err : terminal.out;
  let isOver = false;
  const speak = (text: string): void => {
    if (!isOver) out(text);
  };
  const script = createScript(speak, terminal.color && !options.json, terminal.width);
  const claims = new Claims(script);
  const stopped = terminal.stopRequested();
  const lab = await Lab.open({ report: (line) => script.progress(line) });
  script.say('Interlock demo: Sunday, 22:30. db1 ⇄ db2 replicate from each other, db1 → replica1.');
  const startedMs = performance.now();
  const setting = setStage(lab, options, (text) => script.progress(text));
  const playing = setting.then((stage) => play({ stage, script, claims }, startedMs));
  try {
    const signal = await Promise.race([playing, stopped]);
    if (signal !== undefined) {
      script.say(`Stopped by ${signal}; cleaning up.`);
      isOver = true;
      return EXIT.notOk;
    }
    if (options.keep) await keep(await setting, { script, stopped });
  } catch (thrown) {
    terminal.err(`The demo could not go on: ${messageOf(thrown)}\n`);
    return EXIT.unreachable;
  } finally {
    // Whatever the play still does fails when its servers go; that is no news any more.
    playing.catch(() => undefined);
    await clear(lab, setting);
  }
  if (options.json) printJson(terminal, { claims: claims.made, allHold: claims.allHold });
  return claims.allHold ? EXIT.ok : EXIT.notOk;
}

/** Interlock first, so that its last records find their file; then the servers and the folder. */
async function clear(lab: Lab, setting: Promise<Stage>): Promise<void> {
  const draining = setting.then(({ interlock }) => interlock.drain()).catch(() => undefined);
  // A stage that is still being set may take long to notice; one that is set drains at once.
  const isSet = await Promise.race([setting.then(() => true), Promise.resolve(false)]).catch(
    () => false,
  );
  if (isSet) await draining;
  await lab.close();
}

async function play(
  theatre: { readonly stage: Stage; readonly script: Script; readonly claims: Claims },
  startedMs: number,
): Promise<undefined> {
  const { script, claims } = theatre;
  await actWithout(theatre);
  await actWith(theatre);
  await actStopped(theatre);
  await actSevered(theatre);
  await showEvidence(theatre);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const count = claims.made.length;
  const broken = claims.made.filter((claim) => !claim.holds).length;
  script.say('');
  script.say(
    claims.allHold
      ? `All ${count} claims hold, checked on the servers themselves, in ${seconds} s.`
      : `${broken} of ${count} claims do not hold: see NOT TRUE above.`,
  );
  return undefined;
}

/** Leaves everything running until Ctrl-C, and says how to get at it. */
async function keep(
  stage: Stage,
  { script, stopped }: { readonly script: Script; readonly stopped: Promise<string> },
): Promise<void> {
  const { ports, db1, db2, replica1, configFile, auditFile } = stage;
  const login = `--user=${DBA.user} --password=${DBA.password}`;
  script.say('');
  script.say('Left running. Connect from another terminal:');
  script.command(
    `mariadb --host=127.0.0.1 --port=${ports.db2} ${login}   # db2, through Interlock`,
  );
  script.command(
    `mariadb --host=127.0.0.1 --port=${ports.db1} ${login}   # db1, through Interlock`,
  );
  for (const server of [db1, db2, replica1]) {
    script.command(
      `mariadb --host=127.0.0.1 --port=${server.port} ${login}   # ${server.name}, around it`,
    );
  }
  script.command(`node dist/main.js links --config ${configFile}`);
  script.command(`curl http://127.0.0.1:${ports.metrics}/metrics`);
  script.command(`tail -f ${auditFile}`);
  script.say(`Your own rules: ${ownRulesFile(configFile)} (docs/first-rule.md)`);
  script.say(`The client is ${db1.clientTools.client.command}`);
  const lines = (await readFile(auditFile, 'utf8')).split('\n').length - 1;
  script.say(`The audit record has ${lines} lines so far. Ctrl-C ends it all and cleans up.`);
  await stopped;
}

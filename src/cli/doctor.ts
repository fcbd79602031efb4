// `interlock doctor`: looks at the real servers and says what is wrong and how to mend it. It
// changes nothing. Exit: 0 nothing to mend, 1 something is, 3 a server could not be asked.
import { askAdmin } from '../admin/client.js';
import { lookAtStore } from '../approval/look-at-store.js';
import { systemClock } from '../clock.js';
import { readCertificates } from '../config/certificates.js';
import type { Config } from '../config/config.js';
import { loadRules } from '../config/rule-files.js';
import { type Diagnosis, examine } from '../doctor/examine.js';
import { type Around, aroundOf } from '../doctor/sessions.js';
import { messageOf } from '../errors.js';
import { monitorTargets } from '../topology/monitor-target.js';
import { openQuestionConnection } from '../topology/question-connection.js';
import { configurationOf } from './configuration.js';
import { renderDiagnosis } from './doctor-view.js';
import { createPainter } from './paint.js';
import { probeOnce } from './probe-once.js';
import { type CommonOptions, EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

export interface DoctorOptions extends CommonOptions {
  /** An account that may see more than the monitor; its password is in the environment. */
  readonly user?: string;
  readonly backupAgeDays?: number;
}

const PASSWORD_VARIABLE = 'INTERLOCK_DOCTOR_PASSWORD';

export async function doctorCommand(options: DoctorOptions, terminal: Terminal): Promise<ExitCode> {
  const config = configurationOf(options, terminal);
  if (config === undefined) return EXIT.usage;
  let diagnosis: Diagnosis;
  try {
    diagnosis = await diagnose(options, config, terminal);
  } catch (thrown) {
    terminal.err(`${messageOf(thrown)}\n`);
    return EXIT.usage;
  }
  const { findings, asked, answered } = diagnosis;
  const toMend = findings.filter(({ severity }) => severity !== 'info').length;
  if (options.json) printJson(terminal, { v: 1, ok: toMend === 0, asked, answered, findings });
  else terminal.out(renderDiagnosis(diagnosis, createPainter(terminal.color)));
  if (answered < asked) return EXIT.unreachable;
  return toMend === 0 ? EXIT.ok : EXIT.notOk;
}

async function diagnose(
  { user, backupAgeDays }: DoctorOptions,
  config: Config,
  terminal: Terminal,
): Promise<Diagnosis> {
  const certificates = await readCertificates(config);
  const targetOf = monitorTargets({ config, env: terminal.env, certificates });
  const password = terminal.env[PASSWORD_VARIABLE];
  if (user !== undefined && password === undefined) {
    throw new Error(`--user ${user}: its password should be in ${PASSWORD_VARIABLE}`);
  }
  const rules = loadRules(config);
  return examine({
    config,
    picture: await probeOnce(config, terminal.env),
    ...(rules.kind === 'loaded' ? { ruleSet: rules.value } : {}),
    around: await sessionsAround(config),
    ...(config.approvals === undefined
      ? {}
      : { store: await lookAtStore(config.approvals.store, terminal.env) }),
    open: (name) => {
      const target = targetOf(name);
      const asked = user === undefined ? target : { ...target, user, password: password ?? '' };
      return openQuestionConnection(asked);
    },
    now: systemClock.now,
    ...(backupAgeDays === undefined ? {} : { backupAgeDays }),
  });
}

async function sessionsAround({ admin }: Config): Promise<Around> {
  try {
    return aroundOf(await askAdmin(admin.socket, '/around'));
  } catch {
    // Nobody runs, or an older one: then it is said that this cannot be told.
    return undefined;
  }
}

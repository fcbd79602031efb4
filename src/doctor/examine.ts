// The whole examination: every configured server asked what concerns the doctor, and everything
// that is found, put in order. Changes nothing on any server.
import type { StoreLook } from '../approval/look-at-store.js';
import type { Config, ServerConfig } from '../config/config.js';
import { messageOf } from '../errors.js';
import type { RuleSet } from '../policy/rules.js';
import type { QuestionConnection } from '../topology/question-connection.js';
import type { Picture } from '../topology/snapshot.js';
import { accountFindings } from './accounts.js';
import { doorFindings } from './doors.js';
import type { Finding, ServerFinding, Severity } from './finding.js';
import { recoveryFindings } from './recovery.js';
import { ruleFindings } from './rule-findings.js';
import { type ServerFacts, serverFacts } from './server-facts.js';
import { type Around, sessionFindings } from './sessions.js';
import { settingFindings } from './settings.js';
import { storeFindings } from './store-findings.js';
import { topologyFindings } from './topology-findings.js';

export interface Examination {
  readonly config: Config;
  readonly picture: Picture;
  /** Absent when the rules do not load; `interlock check` says why. */
  readonly ruleSet?: RuleSet;
  /** What the running Interlock says of sessions around it. */
  readonly around: Around;
  /** What was seen of the control database, where there is one. */
  readonly store?: readonly StoreLook[];
  readonly open: (server: string) => QuestionConnection;
  readonly now: () => number;
  readonly backupAgeDays?: number;
}

export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** How many servers were asked, and how many answered. */
  readonly asked: number;
  readonly answered: number;
}

/** Never rejects. */
export async function examine(examination: Examination): Promise<Diagnosis> {
  const { config, picture, ruleSet, around } = examination;
  const facts = new Map<string, ServerFacts>();
  const perServer = await Promise.all(
    config.servers.map((server) => examineServer(examination, server, facts)),
  );
  const findings = [
    ...perServer.flat(),
    ...topologyFindings(picture),
    ...sessionFindings(around),
    ...storeFindings(examination.store ?? []),
    ...(ruleSet === undefined ? [] : ruleFindings(ruleSet, config, facts)),
  ];
  return { findings: inOrder(findings), asked: config.servers.length, answered: facts.size };
}

async function examineServer(
  { open, now, picture, backupAgeDays }: Examination,
  server: ServerConfig,
  all: Map<string, ServerFacts>,
): Promise<readonly Finding[]> {
  const connection = open(server.name);
  try {
    const facts = await serverFacts(connection, now);
    all.set(server.name, facts);
    const view = picture.views.get(server.name);
    const missing = view?.kind === 'answered' ? view.missingRights : [];
    const found = [
      ...accountFindings(facts, server.monitor.user),
      ...doorFindings(facts),
      ...recoveryFindings(facts, backupAgeDays),
      ...settingFindings(facts, server, missing),
      ...unseen(facts),
    ];
    return found.map((finding) => ({ server: server.name, ...finding }));
  } catch (thrown) {
    return [
      {
        server: server.name,
        id: 'unreachable',
        severity: 'error',
        message: `it could not be asked: ${messageOf(thrown)}`,
        mend: 'interlock check says what to do about the monitor account and the address',
      },
    ];
  } finally {
    connection.destroy();
  }
}

/** What may not be seen is not said to be in order. */
function unseen(facts: ServerFacts): readonly ServerFinding[] {
  return facts.unseen.map(({ what, why }) => ({
    id: 'cannot-see',
    severity: 'warning',
    message: `${facts.seenAs} may not see ${what}: ${why}`,
    mend: 'ask with an account that may: interlock doctor --user NAME, its password in INTERLOCK_DOCTOR_PASSWORD',
  }));
}

const ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted(
    (one, other) =>
      ORDER[one.severity] - ORDER[other.severity] ||
      (one.server ?? '~').localeCompare(other.server ?? '~'),
  );
}

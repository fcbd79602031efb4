// One log line for each judged statement that has a record of its own: who, what kind of thing, and
// the id that joins log, audit file and error message. Never the statement, nor names of objects.
import type { DecisionRecord } from '../audit/record.js';
import type { Logger } from './log.js';

/** Refusals, and what shadow mode let pass, are warnings; what passed is information. */
export function logJudged(log: Pick<Logger, 'info' | 'warn'>, record: DecisionRecord): void {
  const { id, server, session, user, client, command, rule, verdict, wouldBe } = record;
  const effects = [...new Set(record.effects.map(({ effect }) => effect))];
  const fields = { id, server, session, user, client: client.address, command, effects, rule };
  if (verdict !== 'permit') log.warn({ ...fields, verdict }, 'refused');
  else if (wouldBe !== 'permit') log.warn({ ...fields, wouldBe }, 'let through in shadow mode');
  else log.info(fields, 'let through');
}

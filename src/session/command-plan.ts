// What is to be done with a command before anything of it has left: forward it with the permit for
// its bytes, ask about it, refuse it, or drop it where the protocol has no answer. Sends nothing.
import { type Permit, permitCommand, permitUnguarded } from '../policy/permit.js';
import type { TextFacts } from '../sql/statement-facts.js';
import type { CommandUnderWay } from './activity.js';
import { staticReading } from './command-effects.js';
import { type JudgedSession, readJudged } from './judged-commands.js';
import { type Refusal, refusalByTable, refusalOfUnknown } from './refusals.js';

export type Plan =
  | { readonly kind: 'forward'; readonly permit: Permit }
  | { readonly kind: 'ask'; readonly text: Buffer; readonly facts: TextFacts }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  | { readonly kind: 'drop' };

export function planOf(command: CommandUnderWay, session: JudgedSession): Plan {
  const { row, name, payload } = command;
  if (row === undefined || name === 'unknown') {
    return { kind: 'refuse', refusal: refusalOfUnknown(payload[0]) };
  }
  switch (row.policy) {
    case 'judge':
      return planOfStatement(command, session);
    case 'forward':
      return planOfPlain(command, session);
    case 'replication':
      if (session.options.server.binlogDump === 'allow') return planOfPlain(command, session);
      return { kind: 'refuse', refusal: refusalByTable(name) };
    case 'refuse':
      return { kind: 'refuse', refusal: refusalByTable(name) };
  }
  row.policy satisfies never;
}

function planOfStatement(command: CommandUnderWay, session: JudgedSession): Plan {
  const reading = readJudged(command.name, command.payload, session);
  if (reading.kind === 'refused') return { kind: 'refuse', refusal: reading };
  return planOfFacts(command, reading.text, reading.facts);
}

export function planOfFacts(command: CommandUnderWay, text: Buffer, facts: TextFacts): Plan {
  command.text = text;
  command.facts = facts;
  if (facts.effects.length > 0) return { kind: 'ask', text, facts };
  return { kind: 'forward', permit: permitUnguarded(command.payload, facts) };
}

/** Commands without a statement: some must still make sense before they pass. */
function planOfPlain(command: CommandUnderWay, { state }: JudgedSession): Plan {
  const reading = staticReading(command.name, command.payload, state);
  if (reading.kind === 'drop') return reading;
  if (reading.kind === 'refuse') return { kind: 'refuse', refusal: reading };
  command.changeUser = reading.changeUser;
  return { kind: 'forward', permit: permitCommand(command.payload, 'forward') };
}

// Whether a session is asked about a statement before it is judged, and why. Never where the client
// could notice: a question takes away what some statements read of the one before them.
import { isAsSessionSays } from '../policy/logging.js';
import type { Effect, StatementEffect } from '../sql/effect.js';
import type { TextFacts } from '../sql/statement-facts.js';
import type { CommandName } from '../wire/commands.js';
import type { AskedWhy } from './session-options.js';
import type { SessionState } from './session-state.js';
import type { Unsettled } from './settling.js';

/** Of guarded statements only: everything else passes unasked. */
export function whyAsk(
  command: CommandName,
  { text, worst, prepared }: Unsettled,
  state: SessionState,
): AskedWhy | undefined {
  if (!HAVE_TEXT.has(command) || state.tracksTransactions || state.owesTracking) return undefined;
  const why = reasonFor(worst, state.database);
  if (why === undefined || readsDiagnostics(text)) return undefined;
  return prepared !== undefined && readsDiagnostics(prepared.text) ? undefined : why;
}

const HAVE_TEXT: ReadonlySet<CommandName> = new Set<CommandName>([
  'COM_QUERY',
  'COM_STMT_PREPARE',
  'COM_STMT_EXECUTE',
  'COM_STMT_BULK_EXECUTE',
]);

function reasonFor(worst: TextFacts, database: string | undefined): AskedWhy | undefined {
  const { effects, hangsOnSession } = worst;
  if (hangsOnSession === 'whether') return 'reading';
  if (effects.some(({ runs }) => runs?.kind === 'variable')) return 'variable';
  if (effects.some(isAsSessionSays)) return 'logging';
  if (database === undefined && effects.some(hasBareName)) return 'schema';
  return hangsOnSession === undefined ? undefined : 'reading';
}

/** A routine's own statements could notice, and for what it runs the schema changes nothing. */
const WITHOUT_SCHEMA: ReadonlySet<Effect> = new Set<Effect>([
  ...(['run-opaque', 'unreadable', 'relink', 'unlog', 'destroy-history', 'drop-user'] as const),
  'drop-tablespace',
]);

function hasBareName({ effect, objects }: StatementEffect): boolean {
  return !WITHOUT_SCHEMA.has(effect) && objects.some(({ schema }) => schema === undefined);
}

/** ROW_COUNT(), FOUND_ROWS(), GET DIAGNOSTICS, @@warning_count, SHOW WARNINGS and their kin. */
const READERS = /row_count|found_rows|diagnostics|(?:warning|error)_count/i;
const SHOWN = /warnings|errors/i;

function readsDiagnostics(text: Buffer): boolean {
  const latin1 = text.toString('latin1');
  return READERS.test(latin1) || (SHOWN.test(latin1) && /show/i.test(latin1));
}

// `interlock audit show`: what was judged, and what became of it, from the audit file and its rotated
// past. Reads only, also while an Interlock writes.
import { type Joined, type RecordFilter, readJoined } from '../audit/joined.js';
import { rotatedFiles } from '../audit/line-reader.js';
import { messageOf } from '../errors.js';
import { renderDetails, renderRecords } from './audit-view.js';
import { configurationOf } from './configuration.js';
import { type CommonOptions, EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

const SHOWN_BY_DEFAULT = 50;

export interface AuditShowOptions extends CommonOptions {
  readonly id?: string;
  readonly since?: number;
  readonly until?: number;
  readonly server?: string;
  readonly user?: string;
  readonly rule?: string;
  readonly verdict?: readonly string[];
  /** 0: all. Left out: as many as people read, and all for a program. */
  readonly limit?: number;
  readonly file?: readonly string[];
}

export async function auditShowCommand(
  options: AuditShowOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  let joined: Joined;
  try {
    const files = await filesOf(options, terminal);
    if (files === undefined) return EXIT.usage;
    const limit = options.limit ?? (options.json ? 0 : SHOWN_BY_DEFAULT);
    joined = await readJoined(files, filterOf(options), limit);
  } catch (thrown) {
    terminal.err(`The audit file could not be read: ${messageOf(thrown)}\n`);
    return EXIT.unreachable;
  }
  const { records, earlier } = joined;
  if (options.json) printJson(terminal, records);
  else if (options.id !== undefined && records[0] !== undefined) {
    terminal.out(renderDetails(records[0], terminal));
  } else terminal.out(renderRecords(records, terminal));
  if (earlier > 0) {
    terminal.err(`${earlier} earlier records match; --limit 0 shows them all\n`);
  }
  if (options.id === undefined || records.length > 0) return EXIT.ok;
  terminal.err(`There is no record ${options.id} here.\n`);
  return EXIT.notOk;
}

async function filesOf(
  options: AuditShowOptions,
  terminal: Terminal,
): Promise<readonly string[] | undefined> {
  if (options.file !== undefined) return options.file;
  const main = configurationOf(options, terminal)?.audit.file;
  if (main === undefined) return undefined;
  const files = await rotatedFiles(main);
  if (files.length === 0) throw new Error(`there is no ${main}`);
  return files;
}

function filterOf(options: AuditShowOptions): RecordFilter {
  const { id, since, until, server, user, rule, verdict } = options;
  const given = { id, sinceMs: since, untilMs: until, server, user, rule, verdicts: verdict };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

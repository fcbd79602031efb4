// Opens the audit file for the process, and hands on what its own life tells: the head of its chain
// goes to log and metrics, where those who can write the file cannot reach it, and a tail that was
// cut off is not passed over in silence.
import type { Metrics } from './admin/metrics.js';
import type { AuditChainOptions } from './audit/audit-chain.js';
import { hashNumber } from './audit/chain.js';
import { AuditJournal } from './audit/journal.js';
import { unfinishedIn } from './audit/unfinished.js';
import { systemClock } from './clock.js';
import type { Config } from './config/config.js';
import { messageOf } from './errors.js';

export interface StartAuditOptions {
  readonly config: { readonly audit: Pick<Config['audit'], 'file'> };
  readonly pid: number;
  readonly log: Readonly<Record<'info' | 'warn' | 'error', (fields: object, text: string) => void>>;
  readonly metrics: Pick<Metrics, 'auditHead' | 'auditRecord' | 'auditTailLost'>;
}

const IDS_SHOWN = 5;

/** A file that cannot be opened is said; it is tried again with each record. */
export async function startAudit(options: StartAuditOptions): Promise<AuditJournal> {
  const { config, pid, log } = options;
  const { file } = config.audit;
  const audit = new AuditJournal({ file, pid, clock: systemClock, ...talesOf(options) });
  try {
    await audit.open();
    log.info({ file, head: audit.head }, 'audit file open');
    if (audit.tornBytes > 0) {
      log.warn({ bytes: audit.tornBytes }, 'the last audit record was cut off by a crash; kept');
    }
    await closeUnfinished(audit, options);
  } catch (thrown) {
    const reason = messageOf(thrown);
    log.error({ reason }, 'no audit file: guarded statements are refused until there is one');
  }
  return audit;
}

/** What an Interlock before us let through and did not live to tell the end of. */
async function closeUnfinished(
  audit: AuditJournal,
  { config, log, metrics }: StartAuditOptions,
): Promise<void> {
  const left = await unfinishedIn(config.audit.file, systemClock.now());
  if (left.length === 0) return;
  const ids = left.slice(0, IDS_SHOWN).map(({ id }) => id);
  const text = 'what became of these permitted statements is not known: Interlock ended first';
  log.warn({ records: left.length, ids }, text);
  for (const record of left) {
    await audit.append(record);
    metrics.auditRecord();
  }
}

function talesOf(options: StartAuditOptions): Pick<AuditChainOptions, 'onHead' | 'onEvent'> {
  const { log, metrics, config } = options;
  const { file } = config.audit;
  return {
    onHead: (head) => metrics.auditHead(head.seq, hashNumber(head)),
    onEvent: (event) => {
      if (event.kind === 'checkpoint') {
        log.info({ file, head: event.head, why: event.why }, 'audit checkpoint');
        return;
      }
      const { records, head } = event;
      metrics.auditTailLost(records);
      const text = 'the audit file lacks durable records: its end was cut off, or it was replaced';
      log.error({ file, records, head }, text);
    },
  };
}

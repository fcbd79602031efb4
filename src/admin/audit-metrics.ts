// The metrics of the audit file: what was written, what could not be, and the head of its chain, which
// a scraper thereby keeps where those who can write the file cannot.
import type { Registry } from 'prom-client';
import { counter, gauge } from './instruments.js';

export class AuditMetrics {
  readonly #written;
  readonly #unwritten;
  readonly #lost;
  readonly #headSeq;
  readonly #headHash;

  constructor(registry: Registry) {
    this.#written = counter(registry, 'audit_records_total', 'Audit records made durable.');
    this.#unwritten = counter(
      registry,
      'audit_write_failures_total',
      'Audit records that could not be written; what they stood for was refused.',
    );
    this.#lost = counter(
      registry,
      'audit_lost_records_total',
      'Durable audit records that the file lacked when it was opened again: its end was cut off.',
    );
    this.#headSeq = gauge(
      registry,
      'audit_head_record',
      'The number of the last record in the chain of audit records; it never falls.',
    );
    this.#headHash = gauge(
      registry,
      'audit_head_hash',
      'The first 52 bits of the hash of that record, for interlock audit verify --head.',
    );
  }

  record(): void {
    this.#written.inc();
  }

  writeFailed(): void {
    this.#unwritten.inc();
  }

  tailLost(records: number): void {
    this.#lost.inc(records);
  }

  head(seq: number, hashNumber: number): void {
    this.#headSeq.set(seq);
    this.#headHash.set(hashNumber);
  }
}

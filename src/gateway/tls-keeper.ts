// The TLS material of this Interlock over its life: loaded at the start, and again on request or
// when one of its files has changed. What cannot be used never replaces what can.
import { dirname, join } from 'node:path';
import type { Clock } from '../clock.js';
import { readCertificates } from '../config/certificates.js';
import type { Config } from '../config/config.js';
import { messageOf } from '../errors.js';
import { type Certificate, type CertificateFiles, loadCertificate } from './certificate.js';
import { datesOf } from './certificate-dates.js';
import { type FileWatch, watchFiles } from './file-watch.js';
import type { TlsMaterial } from './sessions.js';

const WATCH_PERIOD_MS = 5_000;
/** Beside the audit file: the one folder that Interlock must be able to write to. */
const SELF_SIGNED_FILE = 'self-signed-certificate.pem';

type TlsConfig = Pick<Config, 'servers' | 'audit'> & { readonly tls: CertificateFiles };

interface Surroundings {
  readonly clock: Clock;
  readonly log: {
    info(message: string): void;
    warn(message: string): void;
    error(message: string): void;
  };
}

export class TlsKeeper {
  readonly #config: TlsConfig;
  readonly #around: Surroundings;
  #material: TlsMaterial;
  #changed: (material: TlsMaterial) => void = () => undefined;
  #watch: FileWatch | undefined;

  private constructor(config: TlsConfig, around: Surroundings, material: TlsMaterial) {
    this.#config = config;
    this.#around = around;
    this.#material = material;
  }

  /** Throws TLS_FAILED, naming the file and the field. */
  static async load(config: TlsConfig, around: Surroundings): Promise<TlsKeeper> {
    const { clock, log } = around;
    const certificate = await loadCertificate(config.tls, clock.now(), {
      file: join(dirname(config.audit.file), SELF_SIGNED_FILE),
      warn: (message) => log.warn(message),
    });
    const keeper = new TlsKeeper(config, around, await withAuthorities(config, certificate));
    keeper.#tellDates();
    return keeper;
  }

  get material(): TlsMaterial {
    return this.#material;
  }

  /** Reloads when a file changes, from now on; `changed` may throw to refuse what was read. */
  watch(changed: (material: TlsMaterial) => void, periodMs = WATCH_PERIOD_MS): void {
    this.#changed = changed;
    const { tls, servers } = this.#config;
    const authorities = servers.map((server) => server.tls.caFile);
    const files = [tls.certificateFile, tls.keyFile, ...authorities].filter((f) => f !== undefined);
    if (files.length > 0) this.#watch = watchFiles(files, periodMs, () => void this.reload());
  }

  /** Never rejects: what is wrong is logged, and what was in use stays. */
  async reload(): Promise<void> {
    const { log, clock } = this.#around;
    try {
      const { tls } = this.#config;
      const isConfigured = tls.certificateFile !== undefined;
      const certificate = isConfigured
        ? await loadCertificate(tls, clock.now())
        : this.#material.certificate;
      const next = await withAuthorities(this.#config, certificate);
      if (isSame(next, this.#material)) return;
      this.#changed(next);
      this.#material = next;
      log.info('the TLS certificates were read again; new sessions use them');
      this.#tellDates();
    } catch (thrown) {
      log.error(`the TLS certificates in use stay: ${messageOf(thrown)}`);
    }
  }

  /** One that has ended is served all the same: clients that do not verify never see it. */
  #tellDates(): void {
    const { log, clock } = this.#around;
    const { certificateFile } = this.#config.tls;
    if (certificateFile === undefined) return;
    const { certificatePem } = this.#material.certificate;
    for (const found of datesOf(
      `tls.certificate (${certificateFile})`,
      certificatePem,
      clock.now(),
    )) {
      if (found.severity === 'error') log.error(`${found.message}: clients that verify refuse it`);
      else log.warn(found.message);
    }
  }

  stop(): void {
    this.#watch?.stop();
  }
}

async function withAuthorities(config: TlsConfig, certificate: Certificate): Promise<TlsMaterial> {
  return { certificate, authorities: await readCertificates(config) };
}

function isSame(one: TlsMaterial, other: TlsMaterial): boolean {
  const pems = ({ certificate, authorities }: TlsMaterial): readonly string[] => [
    certificate.certificatePem,
    certificate.keyPem,
    ...authorities.values(),
  ];
  return pems(one).join('\0') === pems(other).join('\0');
}

// The names an interface answers to: those its certificate vouches for, and those the configuration
// adds. Everything else in a Host header is somebody else's.
import { X509Certificate } from 'node:crypto';
import type { Certificate } from '../gateway/certificate.js';

export class CertificateNames {
  readonly #hosts: ReadonlySet<string>;
  #certificate: X509Certificate;

  constructor(certificate: Certificate, hosts: readonly string[]) {
    this.#hosts = new Set(hosts.map((host) => host.toLowerCase()));
    this.#certificate = new X509Certificate(certificate.certificatePem);
  }

  /** What approvers compare, or pin: `AB:CD:…`. */
  get fingerprint(): string {
    return this.#certificate.fingerprint256;
  }

  use({ certificatePem }: Certificate): void {
    this.#certificate = new X509Certificate(certificatePem);
  }

  has(name: string): boolean {
    return this.#hosts.has(name) || this.#certificate.checkHost(name) !== undefined;
  }
}

// Residues over the configured servers, each log read under that server's monitor account.
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { type MonitorTargets, monitorTargets } from '../topology/monitor-target.js';
import { openBinlogConnection } from './binlog-connection.js';
import { Residues, type ResiduesOptions } from './residues.js';

export interface OpenResidues extends MonitorTargets {
  readonly config: Config;
  readonly clock: Clock;
  readonly onResidue?: ResiduesOptions['onResidue'];
}

export function openResidues(options: OpenResidues): Residues {
  const { config, clock, onResidue } = options;
  const targetOf = monitorTargets(options);
  return new Residues({
    servers: config.servers.map(({ name }) => name),
    clock,
    ...(onResidue === undefined ? {} : { onResidue }),
    open: (name) => openBinlogConnection(targetOf(name)),
    openRelay: (name) => openBinlogConnection(targetOf(name)),
  });
}

// Ways into a server that lead past Interlock, and code that runs inside it unasked. Pure.
import { isOn } from '../topology/rows.js';
import { listed, type ServerFinding } from './finding.js';
import type { ServerFacts } from './server-facts.js';

export function doorFindings(facts: ServerFacts): readonly ServerFinding[] {
  return [...ports(facts), ...insideCode(facts), ...elsewhere(facts)];
}

function ports({ variables, plugins }: ServerFacts): readonly ServerFinding[] {
  const found: ServerFinding[] = [];
  const value = (name: string): string => variables.get(name) ?? '';
  if (plugins.has('mysqlx') && value('mysqlx_port') !== '') {
    found.push({
      id: 'open-door',
      severity: 'warning',
      message: `the X protocol listens on port ${value('mysqlx_port')}: statements there are not judged`,
      mend: 'mysqlx=OFF in the server’s configuration, or a firewall in front of that port',
    });
  }
  if (value('admin_address') !== '') {
    found.push({
      id: 'open-door',
      severity: 'warning',
      message: `the administrative interface listens on ${value('admin_address')}:${value('admin_port')}`,
      mend: 'keep it for your emergency host alone: a firewall, or admin_address on loopback',
    });
  }
  if (!['', '0'].includes(value('extra_port'))) {
    found.push({
      id: 'open-door',
      severity: 'warning',
      message: `extra_port ${value('extra_port')} is open beside the ordinary port`,
      mend: 'keep it for your emergency host alone, by a firewall',
    });
  }
  if (['*', '0.0.0.0', '::', ''].includes(value('bind_address'))) {
    found.push({
      id: 'open-door',
      severity: 'info',
      message: 'the server listens on every address of its host',
      mend: 'bind_address with the one that Interlock and replication use, or a firewall',
    });
  }
  if (value('socket') !== '') {
    found.push({
      id: 'open-door',
      severity: 'info',
      message: `whoever has a shell on the host may use the Unix socket ${value('socket')}`,
    });
  }
  return found;
}

const CODE_VARIABLES = ['init_connect', 'init_slave', 'init_replica', 'init_file'] as const;

function insideCode({ variables, events }: ServerFacts): readonly ServerFinding[] {
  const found: ServerFinding[] = CODE_VARIABLES.flatMap((name) => {
    if ((variables.get(name) ?? '') === '') return [];
    return [
      {
        id: 'code-inside' as const,
        severity: 'warning' as const,
        message: `${name} is set: the server runs it by itself, and nobody judges that`,
        mend: `read it (SELECT @@GLOBAL.${name}), and empty it if nobody knows why it is there`,
      },
    ];
  });
  const runs = isOn(variables.get('event_scheduler'));
  if (runs && events !== undefined && events.length > 0) {
    found.push({
      id: 'code-inside',
      severity: 'info',
      message: `events run inside the server: ${listed(events)}`,
      mend: 'read their bodies once; what is created through Interlock from now on is judged then',
    });
  }
  return found;
}

function elsewhere({ foreignServers, foreignTables }: ServerFacts): readonly ServerFinding[] {
  const found: ServerFinding[] = [];
  if (foreignTables.length > 0) {
    found.push({
      id: 'other-server',
      severity: 'warning',
      message: `tables here write to another server: ${listed(foreignTables)}`,
      mend: 'DROP, TRUNCATE and DELETE of these reach that server; guard it too',
    });
  } else if (foreignServers !== undefined && foreignServers.length > 0) {
    found.push({
      id: 'other-server',
      severity: 'info',
      message: `other servers are known by CREATE SERVER: ${listed(foreignServers)}`,
    });
  }
  return found;
}

// Starts a Galera cluster of MariaDB servers on loopback, without root and without a tool that
// transfers state: a script of the lab's own copies files from node to node.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InterlockError, messageOf } from '../../src/errors.js';
import type { Lab } from '../../src/lab/lab.js';
import { freePort } from '../../src/lab/ports.js';
import type { LabServer } from '../../src/lab/server.js';

export interface ClusterOptions {
  readonly names: readonly string[];
  /** More flags for every node. */
  readonly options?: readonly string[];
}

const CLUSTER_TRIES = 4;
const SYNCED_DEADLINE_MS = 30_000;

/**
 * What both ends of a state transfer run, over the file system that they share. What a node missed
 * while it was away Galera sends itself (then the script is told to bypass); a node that is new, or
 * that was killed, gets a copy of a donor's files while that one writes nothing.
 */
const TRANSFER_SCRIPT = `#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in
    --role) role=$2; shift ;;
    --address) address=$2; shift ;;
    --datadir) datadir=$2; shift ;;
    --gtid) state="$2 0"; shift ;;
    --bypass) bypass=1 ;;
  esac
  shift
done
until_there() {
  tries=0
  until [ -s "$1" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || exit 110
    sleep 0.1
  done
}
if [ "$role" = joiner ]; then
  rm -f "$datadir/transferred"
  echo "ready 127.0.0.1:1/$datadir"
  until_there "$datadir/transferred"
  cat "$datadir/transferred"
  exit 0
fi
to=\${address#*/}
if [ -z "$bypass" ]; then
  rm -f "$datadir/tables_flushed"
  echo 'flush tables'
  until_there "$datadir/tables_flushed"
  state=$(cat "$datadir/tables_flushed")
  cd "$to" && rm -rf ./*/ ibdata* ib_logfile* undo* aria_log* binlog.*
  cd "$datadir" && cp -R ./*/ ibdata* ib_logfile* aria_log* "$to" || exit 22
  echo continue
fi
echo "$state" >"$to/transferring"
mv "$to/transferring" "$to/transferred"
echo "done $state"
`;

async function transferFolder(lab: Lab): Promise<string> {
  const folder = join(lab.folder, 'galera-bin');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'wsrep_sst_lab'), TRANSFER_SCRIPT, { mode: 0o755 });
  return [folder, ...lab.searchPath].join(':');
}

/** Starts the nodes one after another and returns them once all are members and synced. */
export async function startGalera(
  lab: Lab,
  { names, options = [] }: ClusterOptions,
): Promise<readonly LabServer[]> {
  const folder = await lab.toolFolder('galera');
  const provider = join(folder, 'usr/lib/galera/libgalera_smm.so');
  const searchPath = await transferFolder(lab);
  const ports = new Map<string, number>();
  for (const name of names) ports.set(name, await freePort());
  const nodes: LabServer[] = [];
  for (const name of names) {
    const isFirst = nodes.length === 0;
    nodes.push(await startNode(lab, { name, provider, searchPath, ports, isFirst, options }));
    await untilSynced(nodes);
  }
  return nodes;
}

interface NodePlan {
  readonly name: string;
  readonly provider: string;
  /** PATH of the nodes: it has the program for state transfer. */
  readonly searchPath: string;
  /** Where the members talk to each other, by name. */
  readonly ports: Map<string, number>;
  readonly isFirst: boolean;
  readonly options: readonly string[];
}

/** Galera's own ports can be lost to somebody else before they are taken: then on others. */
async function startNode(lab: Lab, plan: NodePlan): Promise<LabServer> {
  const { name, ports, isFirst } = plan;
  for (let tries = CLUSTER_TRIES; ; tries -= 1) {
    try {
      return await lab.start({
        line: 'mariadb-10.11',
        name,
        options: [...clusterFlags(plan, await freePort()), ...plan.options],
        firstOptions: isFirst ? ['--wsrep-new-cluster'] : [],
        environment: { PATH: plan.searchPath },
      });
    } catch (cause) {
      if (tries <= 1 || !/address already in use/i.test(messageOf(cause))) throw cause;
      ports.set(name, await freePort());
    }
  }
}

function clusterFlags(plan: NodePlan, transferPort: number): readonly string[] {
  const port = plan.ports.get(plan.name);
  const members = [...plan.ports.values()].map((each) => `127.0.0.1:${each}`);
  const provider = [
    'base_host=127.0.0.1',
    `gmcast.listen_addr=tcp://127.0.0.1:${port}`,
    `ist.recv_addr=127.0.0.1:${transferPort}`,
    'gcache.size=16M',
    // The first node outvotes a second one, so that a pair survives the loss of that one.
    `pc.weight=${plan.isFirst ? 2 : 1}`,
    // A member that is killed is given up in seconds, yet not while a busy machine makes it slow.
    'evs.keepalive_period=PT0.5S',
    'evs.suspect_timeout=PT5S',
    'evs.inactive_timeout=PT10S',
  ];
  return [
    '--wsrep-on=ON',
    `--wsrep-provider=${plan.provider}`,
    '--wsrep-cluster-name=lab',
    `--wsrep-cluster-address=gcomm://${members.join(',')}`,
    `--wsrep-node-address=127.0.0.1:${port}`,
    `--wsrep-node-name=${plan.name}`,
    '--wsrep-sst-method=lab',
    `--wsrep-provider-options=${provider.join(';')}`,
    '--innodb-autoinc-lock-mode=2',
  ];
}

/** Every node is a member of one cluster of that size and takes statements. */
export async function untilSynced(
  nodes: readonly LabServer[],
  deadlineMs = SYNCED_DEADLINE_MS,
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  let seen = '';
  while (performance.now() < deadline) {
    const states = await Promise.all(nodes.map(stateOf));
    if (states.every((state) => state === `${nodes.length} ON Synced`)) return;
    seen = nodes.map(({ name }, index) => `${name} is ${states[index]}`).join(', ');
    await sleep(50);
  }
  throw new InterlockError('LAB_FAILED', `no cluster of ${nodes.length} members: ${seen}`);
}

async function stateOf(node: LabServer): Promise<string> {
  const rows = await node.query(
    "SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_cluster_size', 'wsrep_ready', " +
      "'wsrep_local_state_comment')",
  );
  const value = (name: string) => rows.find((row) => row.Variable_name === name)?.Value;
  const words = ['wsrep_cluster_size', 'wsrep_ready', 'wsrep_local_state_comment'].map(value);
  return words.join(' ');
}

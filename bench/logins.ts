// What a login costs: sessions opened and closed one after the other, in the CPU time of the
// process in between, as a ratio to the relay of the same round.
import { once } from 'node:events';
import { stdout } from 'node:process';
import { flags } from './options.js';
import { cpuMicroseconds } from './process-figures.js';
import { openRawSession, RAW_USER } from './raw-session.js';
import { type Path, rotated, withScene } from './scene.js';
import { estimate, median, shown } from './statistics.js';

export async function logins(): Promise<void> {
  const given = flags({ rounds: '25', logins: '500' });
  await withScene(async ({ server, relay, interlock }) => {
    await server.execute(`CREATE USER ${RAW_USER}@'127.0.0.%' IDENTIFIED BY ''`);
    const paths = [await relay(), await interlock()];
    const costs = new Map<string, number[]>(paths.map(({ name }) => [name, []]));
    // The first round warms everything up and is thrown away.
    for (let round = -1; round < Number(given.rounds); round += 1) {
      for (const path of rotated(paths, round + paths.length)) {
        const cost = await loginCost(path, Number(given.logins));
        if (round >= 0) costs.get(path.name)?.push(cost);
      }
    }
    const base = costs.get('relay') ?? [];
    for (const [name, each] of costs) {
      const ratio = shown(estimate(each.map((cost, round) => cost / (base[round] ?? cost))));
      stdout.write(`${name.padEnd(10)} ${median(each).toFixed(0)} µs a login  CPU ${ratio}\n`);
    }
  });
}

async function loginCost({ port, pid = 0 }: Path, count: number): Promise<number> {
  const before = cpuMicroseconds(pid);
  for (let login = 0; login < count; login += 1) {
    const socket = await openRawSession(port);
    socket.end();
    socket.resume();
    await once(socket, 'close');
  }
  return (cpuMicroseconds(pid) - before) / count;
}

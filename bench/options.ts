// The flags of a benchmark: `--rounds 25 --seconds 1.5 --threads 1,8,64`. Unknown ones end it.
import { argv } from 'node:process';

export type Flags<Name extends string> = Readonly<Record<Name, string>>;

export function flags<Name extends string>(defaults: Flags<Name>): Flags<Name> {
  const found: Record<Name, string> = { ...defaults };
  const given = argv.slice(3);
  for (let index = 0; index < given.length; index += 2) {
    const name = (given[index] ?? '').replace(/^--/, '');
    const value = given[index + 1];
    if (!isName(name, defaults) || value === undefined) {
      const known = Object.entries(defaults).map(([flag, usual]) => `--${flag} ${usual}`);
      throw new Error(`no such flag, or no value: --${name}. Known: ${known.join(' ')}`);
    }
    found[name] = value;
  }
  return found;
}

function isName<Name extends string>(name: string, defaults: Flags<Name>): name is Name {
  return Object.hasOwn(defaults, name);
}

export const listOf = (value: string): readonly string[] => value.split(',');

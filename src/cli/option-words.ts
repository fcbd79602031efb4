// What options have in common: how the help tells of one, and the one that every command takes.
import { Option } from 'commander';

/** That a switch is off and a list is empty, if they are not given, goes without saying. */
export function optionHelp(option: Option): string {
  const { description, argChoices, defaultValue } = option;
  const said = [
    ...(argChoices === undefined ? [] : [`choices: ${argChoices.join(', ')}`]),
    ...(typeof defaultValue === 'string' ? [`default: ${defaultValue}`] : []),
  ];
  return said.length === 0 ? description : `${description} (${said.join('; ')})`.trimStart();
}

/** Of a command that needs no configuration, for scripts that name theirs to every command. */
export function unreadConfig(): Option {
  return new Option('-c, --config <file>', 'taken as by every command, and not read');
}

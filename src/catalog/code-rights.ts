// Which of an account's rights show it the code that a server keeps, and what is not seen without
// them. Pure: the log, `interlock check` and `interlock doctor` say the same.

/** Without these a server lists less, and says nothing of it. */
const SHOWING = ['TRIGGER', 'SHOW VIEW', 'EVENT'] as const;

/** Those that are missing from rights on everything (`GRANT … ON *.*`), in GRANT's words. */
export function missingCodeRights(rights: readonly string[]): readonly string[] {
  if (rights.includes('ALL PRIVILEGES')) return [];
  return SHOWING.filter((right) => !rights.includes(right));
}

/** What that means, for people; '' where nothing is missing. */
export function unseenWithout(missing: readonly string[]): string {
  if (missing.length === 0) return '';
  const consequence = missing.some((right) => right !== 'EVENT')
    ? 'functions, triggers and views that destroy rows are not all seen'
    : 'what an ALTER EVENT sets off cannot be known, and counts as the worst';
  return `${consequence}: the monitor account lacks ${missing.join(', ')} on *.*`;
}

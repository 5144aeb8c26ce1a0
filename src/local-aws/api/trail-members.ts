/** CloudTrail spells members in camelCase: `KeyId` becomes `keyId`, while `AWSAccountId` stays (recorded samples). */
export function trailMembers(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const renamed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) renamed[trailName(name)] = value;
  }
  return renamed;
}

const trailName = (name: string) =>
  /^[A-Z]{2}/.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1);

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A date inside a record's response elements, as in `Aug 10, 2022, 10:38:27 PM`; UTC. */
export function trailDate(milliseconds: number): string {
  const date = new Date(milliseconds);
  const hour = date.getUTCHours();
  const time = [hour % 12 || 12, twoDigits(date.getUTCMinutes()), twoDigits(date.getUTCSeconds())].join(':');
  const day = `${months[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;
  return `${day}, ${time} ${hour < 12 ? 'AM' : 'PM'}`;
}

const twoDigits = (value: number) => String(value).padStart(2, '0');

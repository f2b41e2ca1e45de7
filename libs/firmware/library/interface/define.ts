/** `#define NAME value`, with what it is where the name does not say it. */
export function define(name: string, value: string | number, meaning = ''): string {
  return `#define ${name} ${value}${meaning === '' ? '' : ` /* ${meaning} */`}`;
}

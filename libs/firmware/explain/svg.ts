/** SVG as text. */

type Value = string | number;

/** What XML would take for markup, and what it forbids. */
export const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '?')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');

/** Pixels with as few digits as are seen. */
const short = (value: Value): string =>
  typeof value === 'number' ? String(Math.round(value * 100) / 100) : value;

export function element(
  name: string,
  attributes: Readonly<Record<string, Value>>,
  children: readonly string[] = [],
): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(short(value))}"`);
  const open = `<${name}${list.join('')}`;
  return children.length === 0 ? `${open}/>` : `${open}>${children.join('\n')}</${name}>`;
}

export const text = (content: string, attributes: Readonly<Record<string, Value>>): string =>
  element('text', attributes, [escaped(content)]);

/** Shown where the pointer rests on what it is in. */
export const tip = (content: string): string => element('title', {}, [escaped(content)]);

import { type Column, formatTable, grouped } from '#libs/base/table';
import type { Figure, FitCertificate, RegionFit } from './certificate';

const COLUMNS: readonly Column[] = [
  { title: 'what', align: 'left' },
  { title: 'bytes', align: 'right' },
  { title: 'from', align: 'left' },
];

type Row = readonly [string, string, string];

const WIDEST_SOURCE = 72;

/** Long chains of calls go on in the next line. */
function lines(text: string): readonly string[] {
  const words = text.split(' ');
  const found: string[] = [];
  let line = words.shift() ?? '';
  for (const word of words) {
    if (line.length + 1 + word.length <= WIDEST_SOURCE) line += ` ${word}`;
    else {
      found.push(line);
      line = `  ${word}`;
    }
  }
  return [...found, line];
}

const rowsOf = ({ what, bytes, from }: Figure): readonly Row[] =>
  lines(from).map((line, i) => (i === 0 ? [`  ${what}`, grouped(bytes), line] : ['', '', line]));

const address = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;

const regionRows = ({
  name,
  origin,
  budgetBytes,
  figures,
  usedBytes,
  marginBytes,
}: RegionFit): readonly Row[] => [
  [name, grouped(budgetBytes), `budget, from ${address(origin)}`],
  ...figures.flatMap(rowsOf),
  ['  used', grouped(usedBytes), ''],
  ['  margin', grouped(marginBytes), ''],
];

function stackRows({ stack }: FitCertificate): readonly Row[] {
  return [
    ['stack', grouped(stack.reservedBytes), 'reserved by the board'],
    ...stack.figures.flatMap(rowsOf),
    ['  worst case', grouped(stack.needBytes), ''],
    ['  margin', grouped(stack.marginBytes), ''],
  ];
}

function reserveRows({ reserve }: FitCertificate): readonly Row[] {
  return [
    ['runtime and network', grouped(reserve.reservedBytes), 'reserved by the board'],
    ...reserve.figures.flatMap(rowsOf),
    ['  used', grouped(reserve.usedBytes), ''],
    ['  margin', grouped(reserve.marginBytes), ''],
  ];
}

const EMPTY: Row = ['', '', ''];

/** The certificate as a page of text. */
export function certificateText(certificate: FitCertificate): string {
  const blocks = [...certificate.regions.map(regionRows), stackRows(certificate), reserveRows(certificate)];
  return [
    `${certificate.model} fits ${certificate.title}`,
    ...certificate.notes,
    '',
    formatTable(
      COLUMNS,
      blocks.flatMap((rows, index) => (index === 0 ? rows : [EMPTY, ...rows])),
    ),
  ].join('\n');
}

import { formatTable, grouped, kilobytes, percent } from '.';

describe('a table', () => {
  it('aligns every column to its widest cell and cuts spaces at line ends', () => {
    const columns = [
      { title: 'device', align: 'left' },
      { title: 'KB', align: 'right' },
      { title: 'scheme', align: 'left' },
    ] as const;
    const rows = [
      ['scots', '64.0', 'sparse'],
      ['a-long-name', '128.0', 'full update'],
    ];
    expect(formatTable(columns, rows, [['mean', '96.0']])).toBe(
      [
        'device          KB  scheme',
        '-----------  -----  -----------',
        'scots         64.0  sparse',
        'a-long-name  128.0  full update',
        '-----------  -----  -----------',
        'mean          96.0',
      ].join('\n'),
    );
  });

  it('has a head even without rows', () => {
    expect(formatTable([{ title: 'board', align: 'left' }], [])).toBe('board\n-----');
  });
});

it('writes numbers the same way everywhere', () => {
  expect([percent(0.9725), kilobytes(65_536), grouped(36016)]).toEqual(['97.3', '64.0', '36,016']);
});

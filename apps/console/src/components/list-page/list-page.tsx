import type { ReactNode } from 'react';

import type { Page, PageRequest } from '../../api/types';
import { navigate, useAddress } from '../../router/location';
import { Pager } from '../pager/pager';
import { Panel } from '../panel/panel';
import type { QueryView } from '../panel/query-view';
import { PageHead } from '../shell/page-head';
import type { TableDeclaration } from '../table/column';
import { DataTable } from '../table/data-table';
import { pageRequest, pagesOf, rangeWords } from '../pager/paging';

/** A list screen, as data. */
export interface ListDeclaration<Row> extends TableDeclaration<Row> {
  readonly title: string;
  /** In which order the rows come: the title of the table. */
  readonly order: string;
  readonly empty: ReactNode;
  /** Beside the title: where one is added. */
  readonly add?: ReactNode;
}

interface ListPageProps<Row> extends ListDeclaration<Row> {
  readonly query: QueryView<Page<Row>>;
}

const ROWS_PER_PAGE = 50;

/** What to ask the server for: the page is in the address. */
export const usePageRequest = (): PageRequest => pageRequest(useAddress().search.get('page'), ROWS_PER_PAGE);

/** Shows a list page by page. */
export function ListPage<Row>({ title, order, query, empty, add, ...table }: ListPageProps<Row>) {
  const { pathname } = useAddress();
  const request = usePageRequest();
  return (
    <>
      <PageHead title={title}>{add}</PageHead>
      <Panel
        title={order}
        query={query}
        layout="flush"
        isEmpty={({ total }) => total === 0}
        empty={empty}
        aside={({ items, total }) => rangeWords(request.skip, items.length, total)}
      >
        {({ items, total }) => (
          <>
            <DataTable {...table} rows={items} />
            <Pager
              page={1 + request.skip / request.take}
              pages={pagesOf(total, request.take)}
              onPage={(page) => navigate(page === 1 ? pathname : `${pathname}?page=${page}`)}
            />
          </>
        )}
      </Panel>
    </>
  );
}

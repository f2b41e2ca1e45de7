import type { Model } from '../../api/types';
import { type ListDeclaration, ListPage, usePageRequest } from '../../components/list-page/list-page';
import { slicePage } from '../../components/list-page/slice-page';
import { TrainableMark } from '../../components/model/trainable-mark';
import { TimeAgo } from '../../components/time/time-ago';
import { grouped } from '../../format/numbers';
import { useModelsQuery } from '../../queries/use-models-query';
import { Link } from '../../router/link';
import { paths } from '../../router/paths';

const models: ListDeclaration<Model> = {
  title: 'Models',
  order: 'In order of upload',
  label: 'Models',
  rowKey: ({ id }) => id,
  empty: 'There is no model yet.',
  add: <Link to={paths.newModel()}>Register a model</Link>,
  columns: [
    { title: 'Model', cell: ({ id, name }) => <Link to={paths.model(id)}>{name}</Link> },
    { title: 'Training', cell: ({ notTrainable }) => <TrainableMark notTrainable={notTrainable} /> },
    { title: 'Parameters', align: 'right', cell: ({ parameters }) => grouped(parameters) },
    {
      title: 'MACs',
      help: 'multiply-accumulates of one inference',
      align: 'right',
      cell: ({ macs }) => grouped(macs),
    },
    { title: 'Input bytes', align: 'right', needs: 'medium', cell: ({ inputBytes }) => grouped(inputBytes) },
    {
      title: 'Uploaded',
      align: 'right',
      needs: 'medium',
      cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
    },
  ],
};

export function ModelsPage() {
  const request = usePageRequest();
  const query = useModelsQuery();
  return <ListPage {...models} query={{ ...query, data: query.data && slicePage(query.data, request) }} />;
}

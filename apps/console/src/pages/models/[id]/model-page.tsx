import type { ModelDetails } from '../../../api/types';
import { CopyText } from '../../../components/copy/copy-text';
import { Facts } from '../../../components/detail/facts';
import { TrainableMark } from '../../../components/model/trainable-mark';
import { Panel } from '../../../components/panel/panel';
import { isMissing, MissingPage } from '../../../components/shell/missing-page';
import { PageHead } from '../../../components/shell/page-head';
import { DataTable } from '../../../components/table/data-table';
import { DateTime } from '../../../components/time/date-time';
import { versionsTable } from '../../../components/version/versions-table';
import { measureWords } from '../../../format/measure';
import { counted, grouped, orNothing, shortDigest } from '../../../format/numbers';
import { useModelQuery } from '../../../queries/use-model-query';
import { useVersionOrigins } from '../../../queries/use-version-origins';
import { paths } from '../../../router/paths';

const PARENT = { title: 'Models', to: paths.models() };

/** A model and its versions. */
export function ModelPage({ id }: { readonly id: string }) {
  const query = useModelQuery(id);
  const origins = useVersionOrigins();
  if (isMissing(query)) return <MissingPage what="model" id={id} parent={PARENT} />;
  return (
    <>
      <PageHead title={query.data?.name ?? id} parent={PARENT} />
      <Panel title="Model" query={query}>
        {(model) => <Facts facts={factsOf(model)} />}
      </Panel>
      <Panel
        title="Versions"
        query={query}
        layout="flush"
        aside={({ evaluationSet, measure }) =>
          evaluationSet
            ? `${measureWords(measure).name.toLowerCase()} on the server’s ${counted(evaluationSet.items, 'item')}`
            : 'no evaluation set'
        }
      >
        {({ name, measure, versions }) => (
          <DataTable
            {...versionsTable({ modelName: name, measure, versions, origins })}
            rows={versions.toReversed()}
          />
        )}
      </Panel>
    </>
  );
}

const OBJECTIVES: Readonly<Record<ModelDetails['objective'], string>> = {
  classify: 'to name a class',
  reconstruct: 'to give its input again',
  regress: 'a number',
};

function measuredBy({ measure }: ModelDetails): string {
  const { name, direction } = measureWords(measure);
  return `${name.toLowerCase()}, ${direction}`;
}

const factsOf = (model: ModelDetails) => [
  { name: 'Learns', value: OBJECTIVES[model.objective] },
  { name: 'Measured by', value: measuredBy(model) },
  { name: 'Training', value: <TrainableMark notTrainable={model.notTrainable} /> },
  { name: 'Parameters', value: grouped(model.parameters) },
  { name: 'Multiply-accumulates of one inference', value: grouped(model.macs) },
  { name: 'Bytes of one input', value: grouped(model.inputBytes) },
  { name: 'Classes', value: orNothing(model.classes, grouped) },
  ...(model.labels ? [{ name: 'Labels', value: model.labels.join(', ') }] : []),
  { name: 'Uploaded', value: <DateTime at={model.createdAt} /> },
  { name: 'Evaluation set', value: <EvaluationSetValue set={model.evaluationSet} /> },
  { name: 'Id', value: <CopyText value={model.id} what="id" /> },
];

function EvaluationSetValue({ set }: { readonly set: ModelDetails['evaluationSet'] }) {
  if (!set) return 'none: versions are not evaluated on the server';
  return (
    <>
      {counted(set.items, 'item')},{' '}
      <CopyText value={set.digest} shown={shortDigest(set.digest)} what="SHA-256 of the evaluation set" />
    </>
  );
}

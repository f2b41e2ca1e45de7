import { useFleetsQuery } from '../../queries/use-fleets-query';
import { Link } from '../../router/link';
import { paths } from '../../router/paths';

/** A fleet by its name, once that is known. */
export function FleetLink({ id }: { readonly id: string }) {
  const name = useFleetsQuery().data?.find((fleet) => fleet.id === id)?.name;
  return <Link to={paths.overview(id)}>{name ?? id}</Link>;
}

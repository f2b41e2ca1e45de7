import { Link } from '../../router/link';
import { paths } from '../../router/paths';
import styles from './device-link.module.css';

export function DeviceLink({ id, name }: { readonly id: string; readonly name: string }) {
  return (
    <Link to={paths.device(id)} className={styles.name ?? ''} title={name}>
      {name}
    </Link>
  );
}

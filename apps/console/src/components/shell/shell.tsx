import type { ReactNode } from 'react';

import { useAddress } from '../../router/location';
import { Link } from '../../router/link';
import { paths } from '../../router/paths';
import { Connection } from './connection';
import { Logo } from './logo';
import styles from './shell.module.css';

const SECTIONS = [
  { title: 'Overview', to: paths.overview() },
  { title: 'Devices', to: paths.devices() },
  { title: 'Campaigns', to: paths.campaigns() },
  { title: 'Models', to: paths.models() },
  { title: 'Events', to: paths.events() },
];

/** What is around every screen. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { pathname } = useAddress();
  return (
    <>
      <a href="#main" className={styles.skip}>
        Skip to content
      </a>
      <div className={styles.bar}>
        <div className={styles.inner}>
          <Link to={paths.overview()} className={styles.brand ?? ''}>
            <Logo />
            Fleetlearn
          </Link>
          <nav className={styles.nav} aria-label="Main">
            {SECTIONS.map(({ title, to }) => (
              <Link key={to} to={to} aria-current={isWithin(pathname, to) ? 'page' : undefined}>
                {title}
              </Link>
            ))}
          </nav>
          <div className={styles.connection}>
            <Connection />
          </div>
        </div>
      </div>
      <main id="main" tabIndex={-1} className={styles.main} style={{ outline: 'none' }}>
        {children}
      </main>
    </>
  );
}

const isWithin = (pathname: string, section: string): boolean =>
  section === '/' ? pathname === '/' : pathname === section || pathname.startsWith(`${section}/`);

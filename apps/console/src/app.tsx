import { Shell } from './components/shell/shell';
import { NotFoundPage } from './pages/not-found/not-found-page';
import { useAddress } from './router/location';
import { matchRoute } from './router/match-route';
import { routes } from './routes';

export function App() {
  const { pathname } = useAddress();
  return (
    <Shell>
      {/* A screen of its own for each address: nothing of one device is shown, even for a moment, under another's name. */}
      <Screen key={pathname} pathname={pathname} />
    </Shell>
  );
}

function Screen({ pathname }: { readonly pathname: string }) {
  for (const { pattern, show } of routes) {
    const params = matchRoute(pattern, pathname);
    if (params) return show(params['id'] ?? '');
  }
  return <NotFoundPage />;
}

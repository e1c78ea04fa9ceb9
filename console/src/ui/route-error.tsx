import { useRouteError } from 'react-router';
import { useText } from '../intl/text.ts';
import { ErrorView } from './error-view.tsx';
import { usePageTitle } from './page.tsx';

/** Stands where a screen failed to be drawn, or its part of the build to be fetched. */
export function RouteError() {
  const t = useText();
  const error = useRouteError();
  usePageTitle(t('shell.error_title'));
  return <ErrorView error={error} retry={() => location.reload()} />;
}

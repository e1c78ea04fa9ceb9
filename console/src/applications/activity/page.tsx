import { Events } from '../../audit/events.tsx';
import { useApplication } from '../application/page.tsx';

/** An application's *Activity*: what happened to it and through it. */
export function Component() {
  const application = useApplication();
  return <Events filter={{ application_id: application.id }} />;
}

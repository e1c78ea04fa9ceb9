import { lazy, Suspense, useEffect, useState } from 'react';
import { onReauthentication } from '../api/client.ts';

const PasswordDialog = lazy(() => import('./password-dialog.tsx'));

/** Asks for the password when a dangerous act comes long after the sign-in, and lets the act go on. */
export function Reauthentication() {
  const [finish, setFinish] = useState<((done: boolean) => void) | null>(null);
  useEffect(() => onReauthentication(() => new Promise<boolean>((resolve) => setFinish(() => resolve))), []);
  if (!finish) return null;
  const close = (done: boolean) => {
    finish(done);
    setFinish(null);
  };
  return (
    <Suspense>
      <PasswordDialog onClose={close} />
    </Suspense>
  );
}

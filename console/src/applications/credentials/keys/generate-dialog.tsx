import { useState } from 'react';
import type { Application, PublicKey } from '../../../api/types.ts';
import { GenerateForm } from './generate-form.tsx';
import type { GeneratedPair } from './generate-key-pair.ts';
import { PrivateKeyDialog } from './private-key-dialog.tsx';

/** *Generate a public/private keypair*: what kind, then the private key for the only time. */
export function GenerateDialog(props: {
  application: Application;
  onClose: () => void;
  onStored: () => void;
}) {
  const { application, onClose, onStored } = props;
  const [made, setMade] = useState<{ pair: GeneratedPair; publicKey: PublicKey }>();
  return made ? (
    <PrivateKeyDialog application={application} {...made} onClose={onStored} />
  ) : (
    <GenerateForm
      application={application}
      onMade={(pair, publicKey) => setMade({ pair, publicKey })}
      onClose={onClose}
    />
  );
}

import { Button } from '@react-spectrum/s2/Button';
import { useState } from 'react';
import { useDeleteIdentityProvider } from '../api/identity-providers.ts';
import type { IdentityProvider } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { Act } from '../ui/act.tsx';
import { NamedDeletionDialog } from '../ui/deletion-dialog.tsx';
import { Section } from '../ui/page.tsx';
import { useLeaveDeleted } from '../ui/use-leave-deleted.ts';

/** What takes a provider away for good. */
export function DeletionSection({ provider }: { provider: IdentityProvider }) {
  const t = useText();
  const [isDeleting, setDeleting] = useState(false);
  return (
    <Section title={t('providers.delete')}>
      <Act text={t('providers.delete_about')}>
        <Button variant="negative" onPress={() => setDeleting(true)}>
          {t('settings.delete')}
        </Button>
      </Act>
      {isDeleting && <Question provider={provider} onClose={() => setDeleting(false)} />}
    </Section>
  );
}

function Question({ provider, onClose }: { provider: IdentityProvider; onClose: () => void }) {
  const t = useText();
  const { id, name } = provider;
  return (
    <NamedDeletionDialog
      name={name}
      ends={
        <>
          <li>{t('providers.delete_sign_in')}</li>
          <li>{t('providers.delete_identities')}</li>
          <li>{t('providers.delete_scim')}</li>
        </>
      }
      remove={useDeleteIdentityProvider(id, useLeaveDeleted(name, '/identity-providers'))}
      onClose={onClose}
    />
  );
}

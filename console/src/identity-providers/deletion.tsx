import { Button } from '@react-spectrum/s2/Button';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useDeleteIdentityProvider } from '../api/identity-providers.ts';
import type { IdentityProvider } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { DeletionDialog } from '../ui/deletion-dialog.tsx';
import { Section } from '../ui/page.tsx';
import { showDone } from '../ui/toasts.ts';
import styles from './identity-providers.module.css';

/** What takes a provider away for good. */
export function DeletionSection({ provider }: { provider: IdentityProvider }) {
  const t = useText();
  const [isDeleting, setDeleting] = useState(false);
  return (
    <Section title={t('providers.delete')}>
      <div className={styles['act']}>
        <p>{t('providers.delete_about')}</p>
        <Button variant="negative" onPress={() => setDeleting(true)}>
          {t('settings.delete')}
        </Button>
      </div>
      {isDeleting && <Question provider={provider} onClose={() => setDeleting(false)} />}
    </Section>
  );
}

function Question({ provider, onClose }: { provider: IdentityProvider; onClose: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const { name } = provider;
  const remove = useDeleteIdentityProvider(provider.id, () => {
    showDone(t('settings.deleted', { name }));
    return navigate('/identity-providers', { state: { isDeleted: true } });
  });
  return (
    <DeletionDialog
      title={t('settings.delete_confirm_title', { name })}
      ends={
        <>
          <li>{t('providers.delete_sign_in')}</li>
          <li>{t('providers.delete_identities')}</li>
          <li>{t('providers.delete_scim')}</li>
        </>
      }
      called={{
        label: t('settings.delete_type_name'),
        description: t.rich('settings.delete_name_is', { name }),
        mistake: t.rich('settings.delete_name_differs', { name }),
        isTyped: (text) => text === name.trim(),
      }}
      isPending={remove.isPending}
      error={remove.error}
      onDelete={() => remove.mutate()}
      onClose={onClose}
    />
  );
}

import { Button } from '@react-spectrum/s2/Button';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { useNavigate } from 'react-router';
import { useDeleteApi } from '../api/apis.ts';
import type { Api } from '../api/types.ts';
import { useText } from '../intl/text.ts';
import { DeletionDialog } from '../ui/deletion-dialog.tsx';
import { Section } from '../ui/page.tsx';
import { showDone } from '../ui/toasts.ts';
import styles from './apis.module.css';
import { useClients } from './use-clients.ts';

/** What takes an API away for good, once no application has a scope of it. */
export function DeletionSection({ api }: { api: Api }) {
  const t = useText();
  const intl = useIntl();
  const [isDeleting, setDeleting] = useState(false);
  const clients = useClients(api);
  const names = (clients ?? []).map(({ application }) => application.name);
  return (
    <Section title={t('apis.delete')}>
      <div className={styles['act']}>
        <p>
          {names.length > 0
            ? t('apis.delete_in_use', { names: intl.formatList(names) })
            : t('apis.delete_about')}
        </p>
        <Button
          variant="negative"
          isDisabled={clients === undefined || names.length > 0}
          onPress={() => setDeleting(true)}
        >
          {t('settings.delete')}
        </Button>
      </div>
      {isDeleting && <Question api={api} onClose={() => setDeleting(false)} />}
    </Section>
  );
}

function Question({ api, onClose }: { api: Api; onClose: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const { name } = api;
  const remove = useDeleteApi(api.id, () => {
    showDone(t('settings.deleted', { name }));
    return navigate('/apis');
  });
  return (
    <DeletionDialog
      title={t('settings.delete_confirm_title', { name })}
      ends={
        <>
          <li>{t('apis.delete_scopes')}</li>
          <li>{t('apis.delete_tokens')}</li>
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
